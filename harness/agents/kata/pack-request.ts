import { fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { UNARY_METHODS } from './unary-methods.ts';

/** A call as a ttrpc client sends it that knows nothing of its messages. */
export interface PackedRequest {
  readonly service: string;
  readonly method: string;
  /** The request's bytes. */
  readonly payload: Uint8Array;
}

/**
 * Throws an Error of protobuf-es for a request that does not fit the call, or a TypeError for a name that no
 * call has.
 * @param request In protobuf's JSON form.
 */
export function packRequest(call: string, request: JsonObject): PackedRequest {
  const method = UNARY_METHODS.get(call);
  if (method === undefined) throw new TypeError(`Expected a call of the agent, found ${call}`);
  const payload = toBinary(method.input, fromJson(method.input, request));
  return { service: method.parent.typeName, method: call, payload };
}
