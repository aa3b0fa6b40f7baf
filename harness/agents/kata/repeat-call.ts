/** Makes a call from its recorded request, or from one that somebody has edited. */
import {
  type DescMessage,
  type DescMethodUnary,
  fromJson,
  isMessage,
  type JsonObject,
  type MessageShape,
} from '@bufbuild/protobuf';
import { UsageError } from '../../errors.ts';
import type { CallOptions } from '../agent.ts';
import {
  ExecProcessRequestSchema,
  RemoveContainerRequestSchema,
  StartContainerRequestSchema,
} from './generated/agent_pb.js';
import { toJsonObject } from './json-message.ts';
import type { KataCall } from './kata-call.ts';
import type { ProcessOutputs } from './process-outputs.ts';
import { UNARY_METHODS } from './unary-methods.ts';

export interface RepeatParts {
  readonly call: KataCall;
  readonly outputs: ProcessOutputs;
  readonly options: CallOptions | undefined;
}

/** Answers in protobuf's JSON form. Rejects with a UsageError before anything is sent. */
export async function repeatCall(
  name: string,
  request: JsonObject,
  { call, outputs, options }: RepeatParts,
): Promise<JsonObject> {
  const method = UNARY_METHODS.get(name);
  if (method === undefined) {
    throw new UsageError(`the agent's protocol has no call ${JSON.stringify(name)}`, {
      code: 'CALL_UNKNOWN',
      remedy: `use one of ${[...UNARY_METHODS.keys()].toSorted().join(', ')}`,
    });
  }
  const message = readRequest(method, request);
  if (isMessage(message, RemoveContainerRequestSchema)) outputs.expectRemoval(message.containerId);
  const answer = await call(method, message, options);
  // As for any process: one whose output nobody reads stops when a pipe is full.
  if (isMessage(message, StartContainerRequestSchema)) {
    outputs.begin({ container: message.containerId });
  } else if (isMessage(message, ExecProcessRequestSchema)) {
    outputs.begin({ container: message.containerId, process: message.execId });
  }
  return toJsonObject(method.output, answer);
}

function readRequest(
  { name, input }: DescMethodUnary,
  request: JsonObject,
): MessageShape<DescMessage> {
  try {
    return fromJson(input, request);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the request does not fit ${name}: ${why}`, {
      code: 'REQUEST_INVALID',
      remedy: `write it as ${input.typeName} in protobuf's JSON form`,
      cause: error,
    });
  }
}
