/**
 * The calls of a test for guest/replay, which makes them from inside of the guest: each with the bytes of
 * its request, so that the program needs to know nothing of an agent's messages.
 */
import { packRequest } from '../agents/kata/pack-request.ts';
import { repeatableCalls } from '../trace/repeatable-calls.ts';
import type { CallState, TracedCall } from '../trace/traced-call.ts';

/** As guest/replay/src/recording.rs reads it. */
export interface Recording {
  /** The agent's unix socket in the guest. */
  readonly socket: string;
  readonly startTimeoutMs: number;
  readonly callTimeoutMs: number;
  readonly calls: readonly RecordedCall[];
}

export interface RecordedCall {
  readonly number: number;
  readonly service: string;
  readonly method: string;
  /** In base64. */
  readonly payload: string;
  /** Numbers of calls that had ended before this one was made: it waits for them. */
  readonly after: readonly number[];
  readonly recorded: Exclude<CallState, 'begin'>;
}

/**
 * The calls that can be made again, in their order. Waits that send no request are left out.
 * @param steps In the order in which they happened.
 */
export function recordCalls(steps: readonly TracedCall[]): readonly RecordedCall[] {
  return repeatableCalls(steps).map(({ number, call, request, after, recorded }) => {
    const { service, method, payload } = packRequest(call, request);
    const base64 = Buffer.from(payload).toString('base64');
    return { number, service, method, payload: base64, after, recorded };
  });
}
