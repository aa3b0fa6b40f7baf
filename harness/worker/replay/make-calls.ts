import { type Agent, AgentError, CallTimeout } from '../../agents/agent.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { RepeatableCall } from '../../trace/repeatable-calls.ts';
import type { UnansweredCall } from '../../verdict/decide.ts';
import { claimOf } from '../claim.ts';
import type { TestResult, WorkerStart } from '../messages.ts';

/** Calls that are made as a test has made them, and what the test said. */
export interface Replay {
  readonly calls: readonly RepeatableCall[];
  /** Of several refusals, the one with this message counts, as it did in the test. */
  readonly message?: string | undefined;
}

type Outcome = Pick<TestResult, 'claim' | 'detail' | 'unanswered'>;

/**
 * Makes the calls, each when those have ended that had ended before. A refusal or a silence ends none of the others.
 * Claims what a test would that expects an answer to each.
 */
export async function makeCalls(
  { calls, message }: Replay,
  agent: Pick<Agent, 'repeat' | 'check'>,
  {
    callTimeoutMs,
    healthTimeoutMs,
  }: Pick<WorkerStart['limits'], 'callTimeoutMs' | 'healthTimeoutMs'>,
): Promise<Outcome> {
  const endings = new Map<number, Promise<unknown>>();
  for (const { number, call, request, after } of calls) {
    const before = Promise.all(after.map((other) => endings.get(other)));
    const made = before.then(() => agent.repeat(call, request, { timeoutMs: callTimeoutMs }));
    endings.set(
      number,
      made.then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
  }
  const errors = (await Promise.all(endings.values())).filter((error) => error !== undefined);
  const error = errors.find((one) => isSaid(one, message)) ?? errors[0];
  if (error === undefined) return { claim: 'pass' };
  const silent = silentCall(calls, await Promise.all(endings.values()));
  const unanswered = silent && (await examine(silent, agent, healthTimeoutMs));
  return { ...claimOf(error), ...omitUndefined({ unanswered }) };
}

function isSaid(error: unknown, message: string | undefined): boolean {
  return error instanceof AgentError && claimOf(error).detail.message === message;
}

/** The first that got no answer in its limit; of several one that had got none before, either. */
function silentCall(
  calls: readonly RepeatableCall[],
  errors: readonly unknown[],
): CallTimeout | undefined {
  const silent = calls.flatMap(({ recorded }, index) => {
    const error = errors[index];
    return error instanceof CallTimeout ? [{ recorded, error }] : [];
  });
  return (silent.find(({ recorded }) => recorded === 'timeout') ?? silent[0])?.error;
}

async function examine(
  { call, afterMs }: CallTimeout,
  agent: Pick<Agent, 'check'>,
  timeoutMs: number,
): Promise<UnansweredCall> {
  const health = await agent.check({ timeoutMs }).then(
    () => 'answered' as const,
    () => 'silent' as const,
  );
  return { call, afterMs, health };
}
