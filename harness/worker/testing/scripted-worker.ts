/** Workers for tests of what drives them: scripts instead of processes, with the same handlers. */
import type { TestId } from '../../events.ts';
import type { IdleWorker, WorkerEnd, WorkerHandlers, WorkerHost } from '../host.ts';
import type { LeasedGuest, TestResult, WorkerStart } from '../messages.ts';

/** What a script can do, and what it knows. */
export interface ScriptedWorker {
  readonly start: WorkerStart;
  readonly handlers: WorkerHandlers;
  /** Numbers of the guests that were reported lost. */
  readonly lost: readonly number[];
  /** Resolves once this guest has been reported lost. */
  untilLost(guest: number): Promise<void>;
  /** Sends the list of these tests. */
  sendTests(tests: readonly TestId[]): void;
  /**
   * Begins a test, leases a guest, and ends the test with what `body` claims; by default a pass.
   */
  runTest(
    test: TestId,
    body?: (lease: LeasedGuest) => Promise<Partial<TestResult> | undefined>,
  ): Promise<void>;
}

/** Plays a worker to its end; what it returns is how it ends. */
export type WorkerScript = (worker: ScriptedWorker) => Promise<WorkerEnd | undefined>;

/** Spawns workers that play the scripts in turn; the last one is repeated. */
export function scriptedWorkers(...scripts: readonly WorkerScript[]): () => IdleWorker {
  let started = 0;
  return () => ({
    start(start, handlers) {
      const script = scripts[Math.min(started, scripts.length - 1)];
      started += 1;
      if (script === undefined) throw new Error('Expected a script for a worker');
      return play(script, start, handlers);
    },
    kill: () => false,
    [Symbol.asyncDispose]: async () => {},
  });
}

function play(script: WorkerScript, start: WorkerStart, handlers: WorkerHandlers): WorkerHost {
  const killed = Promise.withResolvers<WorkerEnd>();
  const lost: number[] = [];
  let waiting: { readonly guest: number; readonly resolve: () => void }[] = [];
  const worker: ScriptedWorker = {
    start,
    handlers,
    lost,
    async untilLost(guest) {
      if (lost.includes(guest)) return;
      await new Promise<void>((resolve) => waiting.push({ guest, resolve }));
    },
    sendTests: (tests) => {
      const { wanted, done = [] } = start;
      const isDone = (test: TestId): boolean => done.some(({ title }) => title === test.title);
      handlers.onTests(wanted ?? tests.filter((test) => !isDone(test)), tests);
    },
    async runTest(test, body) {
      handlers.onTestBegin(test);
      const beginMs = performance.now();
      const result = await handlers.lease(false).then(
        async (lease) => (await body?.(lease)) ?? {},
        (error: Error) => ({ claim: 'interrupted' as const, detail: { message: error.message } }),
      );
      handlers.onTestEnd(test, {
        claim: 'pass',
        durationMs: performance.now() - beginMs,
        ...result,
      });
    },
  };
  const played = script(worker).then((end) => end ?? { isDone: true, how: 'exit code 0' });
  return {
    ended: Promise.race([played, killed.promise]),
    lose(guest) {
      lost.push(guest);
      for (const { resolve } of waiting.filter((one) => one.guest === guest)) resolve();
      waiting = waiting.filter((one) => one.guest !== guest);
    },
    async [Symbol.asyncDispose]() {
      killed.resolve({ isDone: false, how: 'signal SIGTERM' });
    },
  };
}
