/** Goes back to the state before a call, makes that call once more, and decides what came of it. */
import type { Agent } from '../../../agents/agent.ts';
import { AgentError, CallTimeout } from '../../../agents/agent.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import { count } from '../../../phrases.ts';
import type { AgentFiles } from '../../../prepare/agent-files.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import type { GuestWatcher, OtherGuests } from '../../../run/cell/other-guests.ts';
import { decideFailedStart, decideTestEnd } from '../../../run/cell/test-end.ts';
import { CallTracer } from '../../../trace/call-tracer.ts';
import type { RepeatableCall } from '../../../trace/repeatable-calls.ts';
import type { JsonObject, TracedCall } from '../../../trace/traced-call.ts';
import type { Decision } from '../../../verdict/decide.ts';
import { claimOf } from '../../../worker/claim.ts';
import type { TestResult } from '../../../worker/messages.ts';
import type { SavedState } from './saved-states.ts';

export interface RetryPlan {
  /** All calls of the test that can be made again. */
  readonly calls: readonly RepeatableCall[];
  /** The one to be made once more. */
  readonly call: RepeatableCall;
  /** In the place of its own. */
  readonly request: JsonObject;
  /** Absent: a guest is started with its agent, and the calls before this one are repeated there. */
  readonly state?: SavedState;
  /** Only without a state: an agent's process is part of that. Absent: the cell's. */
  readonly agent?: AgentFiles;
}

export interface RetryView {
  readonly watcher: GuestWatcher;
  /** The guest is up, and the call is about to be made. */
  readonly onReady: () => void;
  readonly onCall: (call: TracedCall) => void;
  /** Takes a sentence about what is not as it was in the test. */
  readonly note: (sentence: string) => void;
}

/** The test's guest, and where others come from. */
export type RetriedTest = Pick<AttendedTest, 'guest'> & { readonly others: OtherGuests };

/** Throws a UsageError for a request that does not fit, an InfraError if the host fails. */
export async function retry(
  { guest: original, others }: RetriedTest,
  plan: RetryPlan,
  view: RetryView,
): Promise<Decision> {
  const { state, agent } = plan;
  const guest =
    state === undefined
      ? await others.startAnew(agent, view.watcher)
      : await others.goBack(state, original, view.watcher);
  if (guest.kind === 'failed') return await decideFailedStart(guest);
  try {
    return await decideTestEnd(await makeCalls(guest, others, plan, view), guest);
  } finally {
    await guest.end();
  }
}

/** Those that have to be made first, because the state is from before them or has lost their connection. */
export function earlierCalls({
  calls,
  call,
  state,
}: Pick<RetryPlan, 'calls' | 'call' | 'state'>): readonly RepeatableCall[] {
  const before = calls.filter(({ number }) => number < call.number);
  if (state === undefined) return before;
  const { after = [] } = calls.find(({ number }) => number === state.number) ?? {};
  return before.filter(({ number }) => number >= state.number || !after.includes(number));
}

async function makeCalls(
  guest: LiveGuest,
  { setup }: OtherGuests,
  plan: RetryPlan,
  view: RetryView,
): Promise<TestResult> {
  const { calls, call, request } = plan;
  const tracer = new CallTracer({
    ...{ nowMs: () => performance.now(), onCall: view.onCall, first: call.number },
  });
  const { limits, agentSocket: socketPath } = guest;
  await using agent = setup.connectAgent({
    ...{ socketPath, limits, onCall: tracer.openConnection(), trace: true },
  });
  // Else a call that will never be answered would be waited for until its limit.
  void guest.lost.then(() => agent[Symbol.asyncDispose]());
  const earlier = earlierCalls(plan);
  const inState = calls.filter((one) => one.number < call.number && !earlier.includes(one));
  agent.adopt(inState);
  const repeat = (one: RepeatableCall) =>
    tracer.leaveOut(() => agent.repeat(one.call, one.request));
  const differences = await makeAgain(repeat, earlier, call);
  for (const difference of differences) view.note(difference);
  view.onReady();
  tracer.beginTest();
  const beginMs = performance.now();
  const ended = await ending(agent, agent.repeat(call.call, request), limits);
  return { ...ended, durationMs: performance.now() - beginMs };
}

/** @returns How they have ended otherwise than in the test, a sentence each. */
async function makeAgain(
  repeat: (call: RepeatableCall) => Promise<JsonObject>,
  earlier: readonly RepeatableCall[],
  last: RepeatableCall,
): Promise<readonly string[]> {
  const made = new Map<number, Promise<string | undefined>>();
  const until = async (numbers: readonly number[]) =>
    await Promise.all(numbers.map((number) => made.get(number)));
  for (const one of earlier) {
    await until(one.after);
    made.set(one.number, compare(one, repeat(one)));
  }
  return (await until(last.after)).filter((difference) => difference !== undefined);
}

async function compare(
  { number, call, recorded }: RepeatableCall,
  answer: Promise<JsonObject>,
): Promise<string | undefined> {
  const found = await answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof AgentError ? 'refused' : 'not answered'),
  );
  const before = recorded === 'answered' || recorded === 'refused' ? recorded : 'not answered';
  if (found === before) return undefined;
  return `call ${number} ${call} was ${before} in the test, and now it was ${found}`;
}

async function ending(
  agent: Agent,
  answer: Promise<JsonObject>,
  { callTimeoutMs: timeoutMs }: LiveGuest['limits'],
): Promise<Omit<TestResult, 'durationMs'>> {
  try {
    await answer;
    return { claim: 'pass' };
  } catch (error) {
    if (!(error instanceof CallTimeout)) return claimOf(error);
    const { call, afterMs } = error;
    const health = await agent.check({ timeoutMs }).then(
      () => 'answered' as const,
      () => 'silent' as const,
    );
    return { ...claimOf(error), unanswered: { call, afterMs, health } };
  }
}

/** What a developer is to know about where the call is made. */
export function describePlace({ calls, call, state, agent }: Omit<RetryPlan, 'request'>): string {
  const earlier = earlierCalls({ calls, call, ...(state && { state }) });
  const again = earlier.length === 0 ? '' : `; ${count(earlier.length, 'earlier call')} repeated`;
  if (state === undefined) {
    const why = agent === undefined ? 'nothing was saved' : "an agent's process is part of a state";
    return `a guest is started from init on, since ${why}${again}`;
  }
  return `back to the state before call ${state.number}${again}`;
}
