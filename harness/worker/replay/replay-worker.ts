/**
 * A worker without a process: in the place of scenarios it makes calls that were recorded, as many tests of them
 * as somebody wants while it runs. Guests and verdicts are those of any test.
 */
import { ADAPTERS } from '../../agents/connect.ts';
import type { TestId } from '../../events.ts';
import { claimOf } from '../claim.ts';
import type { IdleWorker, WorkerEnd, WorkerHandlers, WorkerHost } from '../host.ts';
import type { TestResult, WorkerStart } from '../messages.ts';
import { makeCalls, type Replay } from './make-calls.ts';

export interface ReplayTest extends Replay {
  readonly test: TestId;
}

/**
 * @param next The next test, as soon as there is one; undefined: there will be none. Its verdict is in the run's
 *   events.
 */
export function replayWorker(next: () => Promise<ReplayTest | undefined>): IdleWorker {
  return {
    kill: () => false,
    start: (start, handlers) => startReplays(start, handlers, next),
    [Symbol.asyncDispose]: async () => {},
  };
}

function startReplays(
  start: WorkerStart,
  handlers: WorkerHandlers,
  next: () => Promise<ReplayTest | undefined>,
): WorkerHost {
  const killed = Promise.withResolvers<WorkerEnd>();
  let current: { readonly guest: number; readonly agent: AsyncDisposable } | undefined;

  async function replay({ calls, message }: ReplayTest): Promise<Omit<TestResult, 'durationMs'>> {
    const { guest, agentSocket: socketPath } = await handlers.lease(false);
    await using agent = ADAPTERS[start.cell.agentKind]({ socketPath, limits: start.limits });
    current = { guest, agent };
    return await makeCalls({ calls, message }, agent, start.limits);
  }

  async function replayAll(): Promise<WorkerEnd> {
    for (let wanted = await next(); wanted !== undefined; wanted = await next()) {
      const beginMs = performance.now();
      handlers.onTestBegin(wanted.test);
      const result = await replay(wanted).catch(claimOf);
      handlers.onTestEnd(wanted.test, { ...result, durationMs: performance.now() - beginMs });
    }
    // Only now it is known how many there were: none is left.
    handlers.onTests([], []);
    return { isDone: true, how: 'all calls were made' };
  }

  return {
    ended: Promise.race([replayAll(), killed.promise]),
    lose(guest) {
      // Ends its pending calls.
      if (current?.guest === guest) void current.agent[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      killed.resolve({ isDone: false, how: 'killed' });
      await current?.agent[Symbol.asyncDispose]();
    },
  };
}
