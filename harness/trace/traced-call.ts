/** The calls of a test as they are recorded: what was asked, what came back, and when. */
import type { JsonObject } from '@bufbuild/protobuf';

export type { JsonObject };

/** How far a call has got. `lost`: the way to the agent broke, or the caller gave up on the answer. */
export type CallState = 'begin' | 'answered' | 'refused' | 'timeout' | 'lost';

/** One step of a call of a test: its begin or its end. Plain JSON. */
export interface TracedCall {
  /** Numbers the calls of a test from 1, in the order in which they were made. */
  readonly number: number;
  /** The call's name in the agent's protocol, for example `CreateContainer`. */
  readonly call: string;
  /** Since the test began. */
  readonly atMs: number;
  readonly state: CallState;
  /** With `begin`: the request in protobuf's JSON form. Absent for a wait that sends none. */
  readonly request?: JsonObject;
  /** With `answered`: the answer in protobuf's JSON form. Absent for a wait that gets none. */
  readonly answer?: JsonObject;
  /** With `refused`: a status name of gRPC, and the agent's message. */
  readonly error?: { readonly code: string; readonly message: string };
  /** Except with `begin`: since the call began. */
  readonly afterMs?: number;
}
