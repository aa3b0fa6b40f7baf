import { type DescMethodUnary, fromJson, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { AgentService } from './generated/agent_pb.js';
import { Health } from './generated/health_pb.js';

/** A call as a ttrpc client sends it that knows nothing of its messages. */
export interface PackedRequest {
  readonly service: string;
  readonly method: string;
  /** The request's bytes. */
  readonly payload: Uint8Array;
}

const METHODS = [...AgentService.methods, ...Health.methods].filter(
  (method): method is DescMethodUnary => method.methodKind === 'unary',
);

/**
 * Throws an Error of protobuf-es for a request that does not fit the call, or a TypeError for a name that no
 * call has.
 * @param request In protobuf's JSON form.
 */
export function packRequest(call: string, request: JsonObject): PackedRequest {
  const method = METHODS.find(({ name }) => name === call);
  if (method === undefined) throw new TypeError(`Expected a call of the agent, found ${call}`);
  const payload = toBinary(method.input, fromJson(method.input, request));
  return { service: method.parent.typeName, method: call, payload };
}
