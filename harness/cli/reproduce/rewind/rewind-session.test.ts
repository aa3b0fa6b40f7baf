/** The prompt of `--rewind` with scripts in the place of machine, guests and workers. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../errors.ts';
import type { TestId } from '../../../events.ts';
import { healthyGuest } from '../../../live-guest/testing/scripted-guest.ts';
import type { Script } from '../../../machine/scripted/scripted-machine.ts';
import type { Original } from '../../../reproduce/original.ts';
import type { TestAttendant } from '../../../run/cell/attendant.ts';
import { runCell } from '../../../run/cell/cell-run.ts';
import { LogBudget } from '../../../run/cell/log-budget.ts';
import { booted, LIMITS, machineOf, PREPARED } from '../../../run/cell/testing/scripted-cell.ts';
import type { RepeatableCall } from '../../../trace/repeatable-calls.ts';
import { scriptedWorkers } from '../../../worker/testing/scripted-worker.ts';
import { colorsFor } from '../../colors.ts';
import { RowPrinter } from '../row-printer.ts';
import type { RewindOptions } from './rewind-options.ts';
import { RewindSession } from './rewind-session.ts';
import { SavedStates } from './saved-states.ts';

const TEST: TestId = { file: 'a.spec.ts', title: 'one' };
const PANIC = [
  "thread 'main' (1) panicked at src/main.rs:7:9:",
  'called `Option::unwrap()` on a `None` value',
  'stack backtrace:\n',
].join('\n');
const ORIGINAL: Original = {
  from: { kind: 'expectation', file: 'expectations.yaml', line: 1 },
  ...{ cell: PREPARED.cell.id, test: TEST, verdict: 'agent-panic', signatures: [] },
  title: 'called Option::unwrap() on a None value at src/main.rs:7',
};
const call = (number: number, recorded: RepeatableCall['recorded']): RepeatableCall => ({
  ...{ number, call: 'CreateContainer', request: { containerId: `c${number}` }, recorded },
  after: number === 1 ? [] : [1],
});

/** Its agent answers the health call that brings it up, and panics at the next one. */
const panicking: Script = (guest, spec) => {
  let calls = 0;
  const before = (step: string): Promise<unknown> | undefined => {
    if (step !== 'health') return undefined;
    calls += 1;
    if (calls === 1) return undefined;
    guest.agentStderr.write(PANIC);
    return new Promise(() => {});
  };
  return healthyGuest({ isRestored: true, before })(guest, spec);
};
const healthy = healthyGuest({ isRestored: true });

describe('the prompt of --rewind', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-rewind-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** What is shown while these lines are typed. Guests that were gone back to play the scripts in turn. */
  async function type(
    typed: readonly string[],
    scripts: readonly Script[],
    {
      first = {},
      calls = [call(1, 'lost')],
    }: { first?: RewindOptions; calls?: RepeatableCall[] } = {},
  ): Promise<string> {
    let shown = '';
    const printer = new RowPrinter({
      write: (text) => {
        shown += text;
      },
      ...{ colors: colorsFor({ isTTY: false }, {}), width: 100 },
    });
    const left = [...typed];
    const cacheRoot = join(folder, 'cache');
    const states = await SavedStates.open(cacheRoot);
    const { signal } = new AbortController();
    const attendant: TestAttendant = {
      savesGuests: true,
      async beforeCall({ guest }) {
        await states.save(guest);
        states.noteCall(1);
      },
      async afterTest({ others, ...at }) {
        if (at.test.title !== 'one' || others === undefined) return;
        const session = RewindSession.begin({
          ...{ at: { ...at, others }, original: ORIGINAL, calls, states, printer, signal },
          ...{ folder: join(folder, 'tries'), colors: colorsFor({ isTTY: false }, {}) },
          lines: { next: async () => left.shift(), [Symbol.dispose]: () => {} },
          findAgent: async (word) => {
            if (word === 'other') return { entries: [], launch: PREPARED.agent };
            throw new UsageError(`${word}: no agent`, { code: 'NO_AGENT', remedy: 'build it' });
          },
        });
        await session?.run(first);
      },
    };
    await runCell({
      ...{ run: 'a run', prepared: PREPARED, machine: machineOf([booted], scripts) },
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([TEST]);
        await worker.runTest(TEST, async () => {
          await worker.handlers.onBeforeCall();
          return { claim: 'fail', detail: { message: 'on purpose' } };
        });
        return undefined;
      }),
      ...{ limits: LIMITS, isolation: 'test', cacheRoot, folder: join(folder, 'cell') },
      scenarios: { root: '/scenarios', files: ['/scenarios/a.spec.ts'] },
      retryPolicy: { retries: 0, missRetries: 0, isAsExpected: () => false },
      logBudget: new LogBudget(1_000_000_000),
      ...{ attendant, emit: () => {}, signal },
    });
    expect(await readdir(join(cacheRoot, 'rewind'))).to.have.length(1);
    await states[Symbol.asyncDispose]();
    expect(await readdir(join(cacheRoot, 'rewind'))).to.deep.equal([]);
    return shown;
  }

  it('returns to the state as often as wanted, and says each time what came of it', async () => {
    const shown = await type(
      ['again', 'set containerId=c7', 'again'],
      [panicking, healthy, panicking],
    );
    expect(shown).to.match(
      /^each try begins in the state before call 1 CreateContainer, saved in \d+ ms/m,
    );
    const said = shown.match(/^(same|did not happen).*$/gm);
    expect(said).to.deep.equal([
      'same verdict and message',
      'did not happen: call 1 CreateContainer was answered',
      'same verdict and message',
    ]);
    expect(shown).to.match(/call +1 CreateContainer \{"containerId":"c7"\}/);
    const trace = await readFile(join(folder, 'tries', '2', 'trace.jsonl'), 'utf8');
    expect(trace.split('\n')[0]).to.include('"number":1').and.to.include('"containerId":"c7"');
  });

  it('sends another request from a file, and refuses one that does not fit', async () => {
    const file = join(folder, 'request.json');
    await writeFile(file, '{"containerId": "c8"}');
    const lines = [`request ${file}`, 'request none.json', 'set containerIdd=1', 'again and again'];
    const shown = await type([...lines, 'set devices=1'], [healthy]);
    expect(shown).to.include('{"containerId":"c8"}');
    expect(shown).to.include('none.json: the request cannot be read');
    expect(shown).to.include("has no field 'containerIdd'").and.to.include('containerId, ');
    expect(shown).to.match(/the request does not fit CreateContainer/);
  });

  it('repeats earlier calls where a state is from before them, and says so', async () => {
    const calls = [call(1, 'answered'), call(2, 'lost')];
    const shown = await type(['calls', 'again', 'call 1', 'again', 'call 3'], [healthy], { calls });
    expect(shown).to.include(
      '    1 CreateContainer: answered\n  > 2 CreateContainer: not answered',
    );
    expect(shown).to.include('back to the state before call 1; 1 earlier call repeated');
    expect(shown).to.match(/call +2 CreateContainer \{"containerId":"c2"\}/);
    expect(shown).to.include('call 1 CreateContainer was answered, as in the test; what');
    expect(shown).to.include('the test has made no call 3 that could be made again');
  });

  it('starts a guest for another agent, as the options say, before it reads anything', async () => {
    const shown = await type(['agent', 'again', 'agent none'], [healthy], {
      first: { agent: 'other', set: [{ path: 'containerId', text: 'c9' }] },
    });
    expect(shown).to.include('from now on: other');
    expect(shown).to.include(
      "a guest is started from init on, since an agent's process is part of",
    );
    expect(shown).to.match(/call +1 CreateContainer \{"containerId":"c9"\}/);
    expect(shown).to.include('from now on: the agent of the test\nback to the state before call 1');
    expect(shown).to.include('none: no agent').and.to.include('build it');
  });
});
