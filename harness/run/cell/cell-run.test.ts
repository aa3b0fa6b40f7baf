/** One cell's life, with scripts in place of machine, guests, agent and workers. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { RunEvent, TestId } from '../../events.ts';
import { healthyGuest, type ScriptedStep } from '../../live-guest/testing/scripted-guest.ts';
import type { Script } from '../../machine/scripted/scripted-machine.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import { type ScriptedWorker, scriptedWorkers } from '../../worker/testing/scripted-worker.ts';
import type { CellOptions } from './cell-options.ts';
import { runCell } from './cell-run.ts';
import { LogBudget } from './log-budget.ts';
import {
  booted,
  LIMITS,
  machineOf,
  PANIC,
  PREPARED,
  restored,
  unrestorable,
} from './testing/scripted-cell.ts';

type TestEnd = Extract<RunEvent, { type: 'test-end' }>;

const [ONE, TWO, THREE, FOUR] = ['one', 'two', 'three', 'four'].map((title) => ({
  file: 'a.spec.ts',
  title,
})) as [TestId, TestId, TestId, TestId];

/** The end of a worker that was killed. */
const KILLED = { isDone: false, how: 'signal SIGKILL' };
const NO_RETRIES = { retries: 0, missRetries: 0, isAsExpected: () => false };
const never = new Promise<never>(() => {});

/** A worker that runs these tests one after the other; all pass. */
const passing =
  (...tests: readonly TestId[]) =>
  async (worker: ScriptedWorker) => {
    worker.sendTests(tests);
    for (const test of worker.start.wanted ?? tests) await worker.runTest(test);
    return undefined;
  };

describe('a cell', () => {
  let folder: string;
  let events: RunEvent[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cell-run-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function run(options: Partial<CellOptions>): Promise<void> {
    await runCell({
      run: 'a run',
      prepared: PREPARED,
      machine: machineOf([booted], [restored]),
      limits: LIMITS,
      scenarios: { root: '/scenarios', files: ['/scenarios/a.spec.ts'] },
      isolation: 'test',
      cacheRoot: join(folder, 'cache'),
      folder: join(folder, 'cell'),
      retryPolicy: NO_RETRIES,
      logBudget: new LogBudget(1_000_000_000),
      emit: (event) => void events.push(event),
      signal: new AbortController().signal,
      ...options,
    });
  }

  const ends = (): readonly TestEnd[] => events.filter((event) => event.type === 'test-end');
  const endOf = ({ title }: TestId): TestEnd => {
    const end = ends().findLast(({ test }) => test.title === title);
    if (end === undefined) return expect.fail(`the test ${title} has no end`);
    return end;
  };
  const verdicts = (): readonly string[] =>
    ends().map(({ test, verdict }) => `${test.title}: ${verdict}`);
  const notes = (): readonly string[] =>
    events.flatMap((event) => (event.type === 'note' ? [event.message] : []));

  function expectNoGuestLeft(): void {
    const begun = events.filter(({ type }) => type === 'guest-begin').length;
    expect(events.filter(({ type }) => type === 'guest-end')).to.have.length(begun);
  }

  it('boots, runs its tests in guests of their own, and leaves no guest behind', async () => {
    await run({ spawnWorker: scriptedWorkers(passing(ONE, TWO, THREE)) });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: pass', 'three: pass']);
    expect(ends().map(({ guest }) => guest)).to.deep.equal([1, 1, 2, 3]);
    expect(events[0]?.type).to.equal('cell-begin');
    expect(events.at(-1)?.type).to.equal('cell-end');
    expectNoGuestLeft();
  });

  it('believes the kernel and not the claim if the guest panics after the claim has arrived', async () => {
    const panics: Script = async (guest, spec) => {
      const drained = Promise.withResolvers<void>();
      const before = (step: ScriptedStep) => {
        if (step !== 'drain' || !hasTest) return undefined;
        guest.console.write(PANIC);
        drained.resolve();
        return never;
      };
      void healthyGuest({ before })(guest, spec);
      await drained.promise;
      return { reason: 'guest-panic' };
    };
    let hasTest = false;
    await run({
      machine: machineOf([panics, booted]),
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        await worker.runTest(ONE, async () => {
          hasTest = true;
          return { claim: 'pass' };
        });
        await worker.runTest(TWO);
        return undefined;
      }),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: kernel-panic', 'two: pass']);
    expect(endOf(ONE).findings[0]?.title).to.include('Attempted to kill init');
    expectNoGuestLeft();
  });

  it('reports a miss if the guest’s output was not read completely, or init does not say how much there is', async () => {
    const deaf = healthyGuest({
      isRestored: true,
      before: (step) => (step === 'drain' ? never : undefined),
    });
    const boasting = healthyGuest({ isRestored: true, drain: { stderrBytes: 1e15 } });
    await run({
      machine: machineOf([booted], [deaf, boasting, restored]),
      spawnWorker: scriptedWorkers(passing(ONE, TWO, THREE, FOUR)),
    });
    // The first test has the guest of `boots`.
    expect(verdicts()).to.deep.equal([
      ...['boots: pass', 'one: pass', 'two: miss', 'three: miss', 'four: pass'],
    ]);
    expect(endOf(TWO).detail).to.deep.include({ missKind: 'output' });
    expect(endOf(THREE).detail?.message).to.include("1000000000000000 bytes on the agent's stderr");
  });

  it('reads a flood from the agent to its end before it decides', async () => {
    const panic =
      "thread 'tokio-runtime-worker' panicked at src/x.rs:1:1:\ncalled `Option::unwrap()` on a `None` value\n";
    const flood = Buffer.concat([Buffer.alloc(300_000, 'x\n'), Buffer.from(panic)]);
    const flooding: Script = (guest, spec) => {
      const before = (step: ScriptedStep) => {
        if (step === 'drain') guest.agentStderr.write(flood);
        return undefined;
      };
      const drain = { stderrBytes: flood.length };
      return healthyGuest({ isRestored: true, before, drain })(guest, spec);
    };
    await run({
      machine: machineOf([booted], [flooding]),
      spawnWorker: scriptedWorkers(passing(ONE, TWO)),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: agent-panic']);
  });

  it('finds the taint of a silent kernel, and reports a miss if the guest silenced it', async () => {
    const tainted = healthyGuest({ isRestored: true, drain: { tainted: 512 } });
    const silenced = healthyGuest({ isRestored: true, drain: { consoleLogLevel: 0 } });
    const loaded = healthyGuest({ isRestored: true, drain: { tainted: 1 << 12 } });
    await run({
      machine: machineOf([booted], [tainted, silenced, loaded]),
      spawnWorker: scriptedWorkers(passing(ONE, TWO, THREE, FOUR)),
    });
    expect(verdicts()).to.deep.equal([
      ...['boots: pass', 'one: pass', 'two: kernel-oops', 'three: miss', 'four: pass'],
    ]);
    expect(endOf(TWO).findings[0]?.title).to.equal('kernel tainted: W, and nothing on the console');
    expect(endOf(THREE).detail?.message).to.include('log level from 7 to 0');
  });

  it('retries a test that the emulator spoilt, without being told to', async () => {
    const report = [
      'BUG: kernel NULL pointer dereference, address: 0000000000000010',
      'RIP: 0010:charge+0x0/0x20',
      'RSP: 0018:ffffc9000048bc48 EFLAGS: 05a262e2',
      '---[ end trace 0000000000000000 ]---',
    ].map((line) => `[   12.345678] ${line}\r\n`);
    const spoilt: Script = (guest, spec) => {
      const before = (step: ScriptedStep) => {
        if (step === 'drain') guest.console.write(report.join(''));
        return undefined;
      };
      return healthyGuest({ isRestored: true, before })(guest, spec);
    };
    const spawnWorker = scriptedWorkers(async (worker) => {
      worker.sendTests([ONE, TWO]);
      for (const test of worker.start.wanted ?? [ONE, TWO]) await worker.runTest(test);
      return undefined;
    });
    await run({
      machine: machineOf([booted], [spoilt, restored]),
      retryPolicy: { retries: 0, missRetries: 0, isAsExpected: () => true },
      spawnWorker,
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: miss', 'two: pass']);
    const missed = ends().find(({ verdict }) => verdict === 'miss');
    expect(missed?.detail).to.include({ missKind: 'emulator' });
    expect(missed?.detail?.message).to.include('EFLAGS 05a262e2').and.to.include('docs/qemu.md');
    expectNoGuestLeft();
  });

  it('reports a miss if the channel is lost and the kernel printed nothing', async () => {
    let cut: () => void = () => {};
    const cuttable: Script = (guest, spec) => {
      cut = () => void guest.control.destroy();
      return booted(guest, spec);
    };
    await run({
      machine: machineOf([cuttable, booted]),
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        await worker.runTest(ONE, async ({ guest }) => {
          cut();
          await worker.untilLost(guest);
          return { claim: 'interrupted', detail: { message: 'the guest is lost' } };
        });
        await worker.runTest(TWO);
        return undefined;
      }),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: miss', 'two: pass']);
    expect(endOf(ONE).detail?.message).to.include('control channel');
    expectNoGuestLeft();
  });

  it('takes a picture of a guest with a hanging call, and replaces that guest', async () => {
    await run({
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        await worker.runTest(ONE, async ({ guest }) => {
          await worker.handlers.takePicture(guest);
          const unanswered = {
            call: 'CreateContainer',
            afterMs: 5000,
            health: 'answered',
          } as const;
          return { claim: 'fail', unanswered };
        });
        await worker.runTest(TWO);
        return undefined;
      }),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: hang', 'two: pass']);
    expect(endOf(ONE).detail?.call).to.equal('CreateContainer');
    expect(endOf(ONE).detail?.text).to.be.a('string');
    expect(endOf(TWO).guest).to.not.equal(endOf(ONE).guest);
    const picture = await readFile(join(folder, 'cell/guest-1/picture.txt'), 'utf8');
    expect(picture).to.include('The state of the guest');
  });

  it('blames the running test if the worker dies, and another worker runs the rest', async () => {
    const wanted: (readonly TestId[] | undefined)[] = [];
    await run({
      spawnWorker: scriptedWorkers(
        async (worker) => {
          worker.sendTests([ONE, TWO, THREE]);
          await worker.runTest(ONE);
          worker.handlers.onTestBegin(TWO);
          await worker.handlers.lease(false);
          return KILLED;
        },
        async (worker) => {
          wanted.push(worker.start.wanted);
          for (const test of worker.start.wanted ?? []) await worker.runTest(test);
          return undefined;
        },
      ),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: error', 'three: pass']);
    expect(endOf(TWO).detail?.message).to.include('signal SIGKILL');
    expect(wanted).to.deep.equal([[THREE]]);
    expectNoGuestLeft();
  });

  it('retries what is not as expected, each time in a fresh guest, and keeps every try', async () => {
    let tries = 0;
    await run({
      retryPolicy: {
        ...{ retries: 2, missRetries: 0 },
        isAsExpected: (_, { verdict }) => verdict === 'pass',
      },
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        for (const test of worker.start.wanted ?? [ONE, TWO]) {
          await worker.runTest(test, async () => {
            if (test === ONE) tries += 1;
            return { claim: test === ONE && tries < 3 ? 'fail' : 'pass' };
          });
        }
        return undefined;
      }),
    });
    expect(verdicts()).to.deep.equal([
      ...['boots: pass', 'one: fail', 'two: pass'],
      ...['one: fail', 'one: pass'],
    ]);
    const attempts = ends().filter(({ test }) => test.title === 'one');
    expect(attempts.map(({ attempt }) => attempt)).to.deep.equal([undefined, 2, 3]);
    expect(new Set(attempts.map(({ guest }) => guest)).size).to.equal(3);
  });

  it('replaces a template that cannot be restored, and loses no test by it', async () => {
    await run({
      // One for the spare guest, and one for the test that it was meant for.
      machine: machineOf([booted], [unrestorable, unrestorable, restored]),
      spawnWorker: scriptedWorkers(passing(ONE, TWO, THREE)),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: pass', 'three: pass']);
    expect(notes()).to.have.length(1);
    expect(notes()[0]).to.match(/could not be restored/);
  });

  it('says once why a guest does not come up, whether it continues from an L1 or boots', async () => {
    // The first run leaves an L1; in the second one the agent exits at its start.
    await run({ spawnWorker: scriptedWorkers(passing(ONE)) });
    events = [];
    const endingOf =
      (isRestored: boolean): Script =>
      (guest, spec) => {
        const before = (step: ScriptedStep) => {
          if (step !== 'health') return undefined;
          const exit = { type: 'event', name: 'agent-exit', pid: 7, code: 1, signal: null };
          guest.agentStderr.write('Error: EOPNOTSUPP: Operation not supported\n');
          return say(exit).then(() => never);
        };
        let say: (message: object) => Promise<void> = async () => {};
        const onOpen = (send: (message: object) => Promise<void>) => {
          say = send;
        };
        return healthyGuest({ isRestored, before, onOpen })(guest, spec);
      };
    await run({
      prepared: { ...PREPARED, agent: { ...PREPARED.agent, argv: ['/another/agent'] } },
      machine: machineOf([endingOf(false)], [endingOf(true)]),
      spawnWorker: scriptedWorkers(passing(ONE)),
    });
    expect(verdicts()).to.deep.equal(['boots: fail']);
    expect(ends()[0]?.detail?.message).to.include('exit code 1');
    expect(ends()[0]?.detail?.lastWords?.lines).to.deep.equal([
      'Error: EOPNOTSUPP: Operation not supported',
    ]);
    expect(notes()).to.deep.equal([]);
  });

  it('ends at once when it is aborted, and a test without a verdict by then gets none', async () => {
    const controller = new AbortController();
    let told = 0;
    const killed: AbortSignal[] = [];
    const watch =
      (script: Script): Script =>
      (guest, spec) => {
        killed.push(guest.killed);
        return script(guest, spec);
      };
    await run({
      machine: machineOf([watch(booted)], [watch(restored)]),
      signal: controller.signal,
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        await worker.runTest(ONE);
        await worker.runTest(TWO, async () => {
          controller.abort();
          told = events.length;
          return await never;
        });
        return undefined;
      }),
    });
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass']);
    expect(events).to.have.length(told);
    expect(killed.length).to.be.at.least(2);
    expect(killed.every(({ aborted }) => aborted)).to.equal(true);
  });

  it('refuses a call for a guest that is not the running test’s', async () => {
    let refused: unknown;
    await run({
      spawnWorker: scriptedWorkers(async (worker) => {
        worker.sendTests([ONE, TWO]);
        let before = 0;
        await worker.runTest(ONE, async ({ guest }) => {
          before = guest;
          await worker.handlers.call(guest, 'processes', {}, 1000);
          return undefined;
        });
        await worker.runTest(TWO, async () => {
          refused = await worker.handlers.call(before, 'processes', {}, 1000).catch((e) => e);
          return undefined;
        });
        return undefined;
      }),
    });
    expect(refused).to.be.instanceOf(GuestLost);
    expect(verdicts()).to.deep.equal(['boots: pass', 'one: pass', 'two: pass']);
  });

  describe('whose worker dies while its guest is coming up', () => {
    const steps: readonly (ScriptedStep | 'machine')[] = [
      ...['machine', 'hello', 'facts', 'mount-cgroups', 'start-agent', 'health', 'relay'],
    ] as const;
    for (const step of steps) {
      it(`at the step ${step}: no other test gets that guest, and the run ends`, async () => {
        const reached = Promise.withResolvers<void>();
        const goOn = Promise.withResolvers<void>();
        const stall = (at: ScriptedStep | 'machine') => {
          if (at !== step) return undefined;
          reached.resolve();
          return goOn.promise;
        };
        const stalled: Script = async (guest, spec) => {
          await stall('machine');
          return await healthyGuest({ before: stall })(guest, spec);
        };
        let second: number | undefined;
        let isTwoRunning = false;
        await run({
          // `boots` has the first guest; the first test wants one that is booted for it.
          machine: machineOf([booted, stalled, booted]),
          spawnWorker: scriptedWorkers(
            async (worker) => {
              worker.sendTests([ONE, TWO]);
              worker.handlers.onTestBegin(ONE);
              // Two leases: the first one uses up the guest of `boots`.
              await worker.handlers.lease(false);
              void worker.handlers.lease(true).catch(() => {});
              await reached.promise;
              return KILLED;
            },
            async (worker) => {
              await worker.runTest(TWO, async ({ guest }) => {
                second = guest;
                isTwoRunning = true;
                // Now the start that nobody waits for any more continues.
                goOn.resolve();
                for (let round = 0; round < 10; round += 1) {
                  await worker.handlers.call(guest, 'processes', {}, 1000);
                }
                return undefined;
              });
              return undefined;
            },
          ),
        });
        expect(isTwoRunning).to.equal(true);
        expect(verdicts()).to.deep.equal(['boots: pass', 'one: error', 'two: pass']);
        expect(second).to.equal(3);
        expect(endOf(TWO).guest).to.equal(second);
        expectNoGuestLeft();
        expect(existsSync(join(folder, 'cell/guest-3'))).to.equal(true);
      });
    }
  });
});
