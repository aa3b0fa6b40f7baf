import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import type { GuestOrigin, RunEvent, TestId } from '../../events.ts';
import { healthyGuest } from '../../live-guest/testing/scripted-guest.ts';
import {
  createScriptedMachine,
  type Script,
  withScriptedTemplates,
} from '../../machine/scripted/scripted-machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import type { Limits } from '../../matrix/matrix.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { type CellGuests, createCellGuests } from './cell-guests.ts';

const LIMITS: Limits = {
  bootTimeoutMs: 5000,
  callTimeoutMs: 5000,
  testTimeoutMs: 5000,
  drainTimeoutMs: 200,
  heartbeatTimeoutMs: 60_000,
  memoryMib: 1,
  cpus: 1,
  consoleBytes: 1_000_000,
};
const PREPARED: PreparedCell = {
  cell: { id: 'cell', kernel: '6.12', config: 'default', cgroup: 'v2', agent: 'guarded' },
  kernel: { release: '6.12.0', image: 'vmlinuz', digest: 'sha256:1', origin: 'a test' },
  image: 'vmlinuz',
  initramfs: 'initramfs',
  bare: { initramfs: 'bare-initramfs', digest: 'sha256:2' },
  agentFiles: [],
  bootParameters: [],
  leaveUnmounted: [],
  agent: { argv: ['/kmx/agent/agent'], environment: {}, socket: '/run/agent.sock' },
  digest: 'sha256:3',
};
const restored = healthyGuest({ isRestored: true });
const another = healthyGuest({ isRestored: true, release: '6.13.0' });
const broken: Script = () => {
  throw new InfraError('the saved guest could not be restored', { code: 'NOT_RESTORED' });
};
const panicking: Script = async ({ console }) => {
  console.write('[    1.000000] Kernel panic - not syncing: Attempted to kill init!\r\n');
  console.write(
    '[    1.000001] ---[ end Kernel panic - not syncing: Attempted to kill init! ]---\r\n',
  );
  return { reason: 'guest-panic' };
};

describe('guests of a cell', () => {
  let folder: string;
  let events: RunEvent[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cell-guests-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** @param scripts Of the guests that are restored, in turn; the last one stays. */
  function openGuests(scripts: readonly Script[], isolation: Isolation = 'test'): CellGuests {
    let restores = 0;
    const play: Script = (...at) => {
      const script = scripts[Math.min(restores, scripts.length - 1)] ?? restored;
      restores += 1;
      return script(...at);
    };
    return createCellGuests({
      ...{ prepared: PREPARED, limits: LIMITS, isolation, guestsBefore: 0 },
      machine: withScriptedTemplates(createScriptedMachine(healthyGuest()), play),
      cacheRoot: join(folder, 'cache'),
      folder: join(folder, 'cell'),
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
      onLost: () => {},
    });
  }

  /** A test that asks for a guest and passes. */
  async function passTest(guests: CellGuests, test: TestId, isMoreToCome = false): Promise<number> {
    expect(await guests.ensure({ test, isMoreToCome })).to.equal(undefined);
    const { number } = guests;
    await guests.afterTest('pass');
    return number;
  }

  const origins = (): readonly GuestOrigin[] =>
    events.flatMap((event) => (event.type === 'guest-begin' ? [event.from] : []));
  const notes = (): readonly string[] =>
    events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  const templates = (): Promise<string[]> => readdir(join(folder, 'cache', 'templates'));

  it('are booted once, and restored for each other test', async () => {
    await using guests = openGuests([restored]);
    await guests.ensure();
    for (const title of ['one', 'two', 'three']) {
      await passTest(guests, { file: 'a.spec.ts', title }, title !== 'three');
    }
    expect(origins()).to.deep.equal(['boot', 'L2', 'L2']);
    expect(notes()).to.deep.equal([]);
    expect(await templates()).to.have.length(2);
  });

  it('serve all tests of a file, or of the cell, if that is wanted', async () => {
    const tests = ['a', 'a', 'b'].map((file, title) => ({ file, title: `${title}` }));
    for (const [isolation, expected] of [
      ['file', 2],
      ['cell', 1],
    ] as const) {
      events = [];
      await using guests = openGuests([restored], isolation);
      const used = new Set<number>();
      for (const test of tests) used.add(await passTest(guests, test));
      expect(used.size, isolation).to.equal(expected);
    }
  });

  it('are fresh after a bad verdict, whatever the isolation', async () => {
    await using guests = openGuests([restored], 'cell');
    await guests.ensure({ test: { file: 'a', title: '1' } });
    await guests.afterTest('fail');
    await passTest(guests, { file: 'a', title: '2' });
    expect(origins()).to.deep.equal(['boot', 'L2']);
    expect(events.findLast(({ type }) => type === 'guest-begin')).to.include({
      reason: 'after-fail',
    });
  });

  it('are booted where a test wants one that was', async () => {
    await using guests = openGuests([restored]);
    await guests.ensure();
    await passTest(guests, { file: 'a', title: '1' });
    await guests.ensure({ test: { file: 'a', title: '2' }, isBooted: true });
    expect(origins()).to.deep.equal(['boot', 'boot']);
  });

  it('are saved anew, with a note, if what was saved cannot be restored', async () => {
    await using guests = openGuests([broken, restored]);
    await guests.ensure();
    await passTest(guests, { file: 'a', title: '1' });
    await passTest(guests, { file: 'a', title: '2' });
    await passTest(guests, { file: 'a', title: '3' });
    expect(origins()).to.deep.equal(['boot', 'boot', 'L2']);
    expect(notes()).to.have.length(1);
    expect(notes()[0]).to.match(/could not be restored.*it is made anew$/);
  });

  it('are all booted if that does not help either', async () => {
    await using guests = openGuests([broken]);
    await guests.ensure();
    for (const title of ['1', '2', '3', '4']) await passTest(guests, { file: 'a', title });
    expect(origins()).to.deep.equal(['boot', 'boot', 'boot', 'boot']);
    expect(notes().at(-1)).to.match(/^guests are booted and not restored/);
    expect(await templates()).to.deep.equal([]);
  });

  it('are not restored from one that tells other facts than it did', async () => {
    await using guests = openGuests([another, restored]);
    await guests.ensure();
    await passTest(guests, { file: 'a', title: '1' });
    await passTest(guests, { file: 'a', title: '2' });
    expect(origins()).to.deep.equal(['boot', 'boot']);
    expect(notes()[0]).to.include('6.13.0').and.to.include('it is made anew');
  });

  it('keep their template if one of them crashes: that is a verdict on the guest', async () => {
    await using guests = openGuests([panicking, restored]);
    await guests.ensure();
    await passTest(guests, { file: 'a', title: '1' });
    const failure = await guests.ensure({ test: { file: 'a', title: '2' } });
    expect(failure?.verdict).to.equal('kernel-panic');
    await passTest(guests, { file: 'a', title: '3' });
    expect(origins()).to.deep.equal(['boot', 'L2', 'L2']);
    expect(notes()).to.deep.equal([]);
  });

  it('take another one for a guest that died while it waited for its test', async () => {
    const up = Promise.withResolvers<void>();
    const dead = Promise.withResolvers<void>();
    const dying: Script = async (guest, spec) => {
      // The last thing that is asked of a guest that comes up.
      const onAnswered = (method: string) => method === 'relay' && up.resolve();
      void healthyGuest({ isRestored: true, onAnswered })(guest, spec);
      await up.promise;
      guest.console.on('close', dead.resolve);
      return { reason: 'host-signal' };
    };
    await using guests = openGuests([dying, restored]);
    await guests.ensure({ test: { file: 'a', title: '1' }, isMoreToCome: true });
    await dead.promise;
    await guests.afterTest('pass');
    await passTest(guests, { file: 'a', title: '2' });
    expect(origins()).to.deep.equal(['boot', 'L2']);
    expect(guests.number).to.equal(3);
    expect(notes()).to.deep.equal([]);
  });
});
