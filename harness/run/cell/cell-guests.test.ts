import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Agent, ConnectAgent } from '../../agents/agent.ts';
import { type GuestOrigin, type RunEvent, stampCellEvents, type TestId } from '../../events.ts';
import type { GuestSetup } from '../../live-guest/bring-up.ts';
import { healthyGuest } from '../../live-guest/testing/scripted-guest.ts';
import type { Machine } from '../../machine/machine.ts';
import { createScriptedMachine, type Script } from '../../machine/scripted/scripted-machine.ts';
import type { Isolation } from '../../matrix/isolation.ts';
import { decideVerdict } from '../../verdict/decide.ts';
import { CellGuests } from './cell-guests.ts';
import { LogBudget } from './log-budget.ts';
import {
  booted,
  unrestorable as broken,
  LIMITS,
  machineOf,
  PREPARED,
  panicking,
  restored,
  SETUP,
} from './testing/scripted-cell.ts';

const never = new Promise<never>(() => {});
const another = healthyGuest({ isRestored: true, release: '6.13.0' });
const test = (title: string, file = 'a.spec.ts'): TestId => ({ file, title });

describe('guests of a cell', () => {
  let folder: string;
  let events: RunEvent[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cell-guests-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** @param scripts For the guests that are restored, in turn; the last one is repeated. */
  function openGuests(
    scripts: readonly Script[],
    isolation: Isolation = 'test',
    boots: readonly Script[] = [booted],
    setup: GuestSetup = SETUP,
  ): CellGuests {
    return openGuestsOf(machineOf(boots, scripts), isolation, setup);
  }

  function openGuestsOf(
    machine: Machine,
    isolation: Isolation = 'test',
    setup: GuestSetup = SETUP,
  ): CellGuests {
    return new CellGuests({
      ...{ prepared: PREPARED, setup, limits: LIMITS, isolation, guestsBefore: 0 },
      machine,
      cacheRoot: join(folder, 'cache'),
      folder: join(folder, 'cell'),
      emit: stampCellEvents('cell', (event) => void events.push(event)),
      logBudget: new LogBudget(1_000_000_000),
      signal: new AbortController().signal,
    });
  }

  /** As in `boots`: a guest comes up and stays unused. */
  async function boot(guests: CellGuests): Promise<void> {
    const lease = guests.lease();
    expect((await lease.started).kind).to.equal('live');
    guests.release(lease, 'pass');
  }

  /** Runs a test that leases a guest and passes; returns the guest's number. */
  async function passTest(guests: CellGuests, of: TestId, testsToCome = 0): Promise<number> {
    const lease = guests.lease({ test: of, testsToCome });
    const { kind, number } = await lease.started;
    expect(kind).to.equal('live');
    guests.release(lease, 'pass');
    return number;
  }

  const origins = (): readonly GuestOrigin[] =>
    events.flatMap((event) => (event.type === 'guest-begin' ? [event.from] : []));
  const notes = (): readonly string[] =>
    events.flatMap((event) => (event.type === 'note' ? [event.message] : []));
  const templates = (): Promise<string[]> => readdir(join(folder, 'cache', 'templates'));

  it('are booted once, and restored for every other test', async () => {
    await using guests = openGuests([restored]);
    await boot(guests);
    for (const [place, title] of ['one', 'two', 'three'].entries()) {
      await passTest(guests, test(title), 2 - place);
    }
    expect(origins()).to.deep.equal(['boot', 'L2', 'L2']);
    expect(notes()).to.deep.equal([]);
    expect(await templates()).to.have.length(2);
    // Whole digests: half of one can be made to collide by whoever provides the agent.
    for (const name of await templates()) expect(name).to.match(/-L[12]-[0-9a-f]{64}$/);
  });

  it('serve all tests of a file, or of the cell, with such an isolation', async () => {
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
    const lease = guests.lease({ test: test('1') });
    await lease.started;
    guests.release(lease, 'fail');
    await passTest(guests, test('2'));
    expect(origins()).to.deep.equal(['boot', 'L2']);
    expect(events.findLast(({ type }) => type === 'guest-begin')).to.include({
      reason: 'after-fail',
    });
  });

  it('are booted where a test asks for that', async () => {
    await using guests = openGuests([restored]);
    await boot(guests);
    await passTest(guests, test('1'));
    const lease = guests.lease({ test: test('2'), isBooted: true });
    expect((await lease.started).kind).to.equal('live');
    guests.release(lease, 'pass');
    expect(origins()).to.deep.equal(['boot', 'boot']);
  });

  it('speak to their agent through whatever adapter the cell has', async () => {
    let checks = 0;
    const connectAgent: ConnectAgent = () => {
      const scripted: Pick<Agent, 'check' | typeof Symbol.asyncDispose> = {
        check: async () => {
          checks += 1;
          return 'serving';
        },
        [Symbol.asyncDispose]: async () => {},
      };
      // Bringing a guest up asks no more of an agent than this.
      return scripted as Agent;
    };
    // In kata-agent's protocol nobody would answer.
    const mute = healthyGuest({ before: (step) => (step === 'health' ? never : undefined) });
    await using guests = openGuests([restored], 'test', [mute], { ...SETUP, connectAgent });
    await boot(guests);
    expect(checks).to.equal(1);
  });

  it('are saved again, with a note, if what was saved cannot be restored', async () => {
    await using guests = openGuests([broken, restored]);
    await boot(guests);
    await passTest(guests, test('1'));
    await passTest(guests, test('2'));
    await passTest(guests, test('3'));
    expect(origins()).to.deep.equal(['boot', 'boot', 'L2']);
    expect(notes()).to.have.length(1);
    expect(notes()[0]).to.match(/could not be restored.*another one is made$/);
  });

  it('are all booted if that does not help', async () => {
    await using guests = openGuests([broken]);
    await boot(guests);
    for (const title of ['1', '2', '3', '4']) await passTest(guests, test(title));
    expect(origins()).to.deep.equal(['boot', 'boot', 'boot', 'boot']);
    expect(notes().at(-1)).to.match(/^guests are booted and not restored/);
    expect(await templates()).to.deep.equal([]);
  });

  it('are not restored from a template whose facts have changed', async () => {
    await using guests = openGuests([another, restored]);
    await boot(guests);
    await passTest(guests, test('1'));
    await passTest(guests, test('2'));
    expect(origins()).to.deep.equal(['boot', 'boot']);
    expect(notes()[0]).to.include('6.13.0').and.to.include('another one is made');
  });

  it('are booted if a restored one crashes: its template may be to blame', async () => {
    await using guests = openGuests([panicking, restored]);
    await boot(guests);
    for (const title of ['1', '2', '3']) await passTest(guests, test(title));
    expect(origins()).to.deep.equal(['boot', 'L2', 'boot', 'L2']);
    expect(notes()).to.have.length(1);
    expect(notes()[0]).to.include('Kernel panic').and.to.include('another one is made');
    // Not even a crash that decides nothing is hidden.
    expect(events.filter(({ type }) => type === 'finding')).to.have.length(1);
  });

  it('come to nothing, and are not saved, if their clock is faster than the host’s', async () => {
    await using guests = openGuests([restored], 'test', [healthyGuest({ uptimeMs: 3_600_000 })]);
    const started = await guests.lease().started;
    if (started.kind !== 'failed') throw new Error('Expected no guest');
    const { verdict, detail } = decideVerdict(started.evidence);
    expect(verdict).to.equal('miss');
    expect(detail?.message).to.match(/clock is fast: 3600\.0 s passed there in [0-9.]+ s/);
    await started.guest?.end();
  });

  it('have crashed only if a booted one crashes, too', async () => {
    await using guests = openGuests([panicking], 'test', [booted, panicking]);
    await boot(guests);
    await passTest(guests, test('1'));
    const lease = guests.lease({ test: test('2') });
    const failed = await lease.started;
    if (failed.kind === 'live') expect.fail('a guest came up that panics');
    expect(decideVerdict(failed.evidence).verdict).to.equal('kernel-panic');
    await failed.guest?.end();
    guests.release(lease, 'kernel-panic');
    expect(origins()).to.deep.equal(['boot', 'L2', 'boot']);
  });

  describe('that continue from one saved when init was ready', () => {
    beforeEach(async () => {
      {
        await using guests = openGuests([restored]);
        await boot(guests);
      }
      events = [];
      const [l2 = ''] = (await templates()).filter((name) => name.includes('-L2-'));
      await rm(join(folder, 'cache', 'templates', l2), { recursive: true });
    });

    it('are booted if that one crashes, which is then made anew', async () => {
      await using guests = openGuests([panicking, restored]);
      await boot(guests);
      expect(origins()).to.deep.equal(['L1', 'boot']);
      expect(notes()).to.have.length(1);
      expect(notes()[0]).to.include('Kernel panic').and.to.include('another one is made');
      expect((await templates()).filter((name) => name.includes('-L1-'))).to.deep.equal([]);
    });

    it('leave it alone if a booted one crashes, too', async () => {
      await using guests = openGuests([panicking], 'test', [panicking]);
      const lease = guests.lease();
      const failed = await lease.started;
      if (failed.kind === 'live') expect.fail('a guest came up that panics');
      expect(decideVerdict(failed.evidence).verdict).to.equal('kernel-panic');
      await failed.guest?.end();
      guests.release(lease, 'kernel-panic');
      expect(origins()).to.deep.equal(['L1', 'boot']);
      expect(notes()).to.deep.equal([]);
      expect((await templates()).filter((name) => name.includes('-L1-'))).to.have.length(1);
    });

    it('are booted if the disk has damaged it, with a note', async () => {
      const [l1 = ''] = await templates();
      await writeFile(join(folder, 'cache', 'templates', l1, 'template.json'), '{}');
      await using guests = openGuests([restored]);
      await boot(guests);
      expect(origins()).to.deep.equal(['boot']);
      expect(notes()).to.have.length(1);
      expect(notes()[0]).to.match(/is damaged: template\.json: .*; another one is made$/);
    });
  });

  it('are booted ahead where that is quick, but no more than there are tests to come', async () => {
    const boots: number[] = [];
    const machine: Machine = {
      sparesAhead: 2,
      boot: (spec) => {
        boots.push(boots.length + 1);
        return createScriptedMachine(booted).boot(spec);
      },
    };
    await using guests = openGuestsOf(machine);
    await boot(guests);
    expect(boots).to.have.length(1);
    const bootsDuringTests: number[] = [];
    for (const [place, title] of ['one', 'two', 'three', 'four'].entries()) {
      await passTest(guests, test(title), 3 - place);
      bootsDuringTests.push(boots.length);
    }
    expect(bootsDuringTests).to.deep.equal([3, 4, 4, 4]);
    expect(origins()).to.deep.equal(['boot', 'boot', 'boot', 'boot']);
  });

  it('are replaced if they die while they wait for their test', async () => {
    const up = Promise.withResolvers<void>();
    const dead = Promise.withResolvers<void>();
    const dying: Script = async (guest, spec) => {
      // The last request of bring-up.
      const onAnswered = (method: string) => method === 'relay' && up.resolve();
      void healthyGuest({ isRestored: true, onAnswered })(guest, spec);
      await up.promise;
      guest.console.on('close', dead.resolve);
      return { reason: 'host-signal' };
    };
    await using guests = openGuests([dying, restored]);
    const lease = guests.lease({ test: test('1'), testsToCome: 1 });
    await lease.started;
    await dead.promise;
    guests.release(lease, 'pass');
    expect(await passTest(guests, test('2'))).to.equal(3);
    expect(origins()).to.deep.equal(['boot', 'L2']);
    expect(notes()).to.deep.equal([]);
  });

  describe('whose test ends before they are up', () => {
    /** A guest that answers nothing until it is told to. */
    function lateGuest() {
      const begun = Promise.withResolvers<void>();
      const release = Promise.withResolvers<void>();
      const killed = Promise.withResolvers<void>();
      const script: Script = async (guest, spec) => {
        begun.resolve();
        guest.killed.addEventListener('abort', () => killed.resolve());
        await release.promise;
        return await booted(guest, spec);
      };
      return { script, begun: begun.promise, release: release.resolve, killed: killed.promise };
    }

    it('are ended and given to nobody, and the next test gets a guest of its own', async () => {
      const late = lateGuest();
      await using guests = openGuests([restored], 'test', [late.script, booted]);
      const orphan = guests.lease({ test: test('1') });
      await late.begun;
      guests.release(orphan, 'error');
      await late.killed;
      late.release();
      const next = guests.lease({ test: test('2') });
      const guest = await next.started;
      expect(guest.kind).to.equal('live');
      expect(guest.number).to.equal(2);
      expect((await orphan.started).kind).to.equal('failed');
      // The guest of the first lease cannot have replaced that of the second one.
      expect(next.outcome).to.equal(guest);
      guests.release(next, 'pass');
      const ends = events.filter(({ type }) => type === 'guest-end');
      expect(ends).to.have.length.at.least(1);
    });

    it('leave nothing behind when the cell ends', async () => {
      const late = lateGuest();
      const guests = openGuests([restored], 'test', [late.script]);
      guests.lease({ test: test('1') });
      await late.begun;
      await guests[Symbol.asyncDispose]();
      await late.killed;
      expect(events.map(({ type }) => type)).to.deep.equal(['guest-begin', 'guest-end']);
    });

    it('cannot be leased twice at the same time', async () => {
      await using guests = openGuests([restored]);
      guests.lease();
      expect(() => guests.lease()).to.throw('Expected the last lease to be released');
    });
  });
});
