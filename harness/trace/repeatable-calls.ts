import type { CallState, JsonObject, TracedCall } from './traced-call.ts';

/** A call of a test that can be made again. Plain JSON. */
export interface RepeatableCall {
  /** Within its test. */
  readonly number: number;
  readonly call: string;
  /** In protobuf's JSON form. */
  readonly request: JsonObject;
  /** Numbers of calls that had ended before this one was made. */
  readonly after: readonly number[];
  readonly recorded: Exclude<CallState, 'begin'>;
}

/**
 * The calls that can be made again, in their order. Waits that send no request are left out.
 * @param steps In the order in which they happened.
 */
export function repeatableCalls(steps: readonly TracedCall[]): readonly RepeatableCall[] {
  const endings = new Map(
    steps.flatMap(({ number, state }) => (state === 'begin' ? [] : [[number, state] as const])),
  );
  const ended = new Set<number>();
  const made = new Set<number>();
  return steps.flatMap(({ number, call, state, request }): RepeatableCall[] => {
    if (state !== 'begin') ended.add(number);
    if (state !== 'begin' || request === undefined) return [];
    const after = [...ended].filter((one) => made.has(one)).sort((a, b) => a - b);
    made.add(number);
    return [{ number, call, request, after, recorded: endings.get(number) ?? 'lost' }];
  });
}

/**
 * The call at which a test has failed, as far as its calls say: the last one that was not answered, or else
 * the last one, whose answer or effect the test did not expect.
 */
export function failingCall(calls: readonly RepeatableCall[]): RepeatableCall | undefined {
  return calls.findLast(({ recorded }) => recorded !== 'answered') ?? calls.at(-1);
}
