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
import type { CallOptions, ProcessTarget } from '../agent.ts';
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
  const method = findMethod(name);
  const message = readRequest(method, request);
  if (isMessage(message, RemoveContainerRequestSchema)) outputs.expectRemoval(message.containerId);
  const answer = await call(method, message, options);
  // As for any process: one whose output nobody reads stops when a pipe is full.
  const started = startedBy(message);
  if (started !== undefined) outputs.begin(started);
  return toJsonObject(method.output, answer);
}

/** Reads the output of what these calls have started and not removed. */
export function adoptProcesses(
  calls: readonly { readonly call: string; readonly request: JsonObject }[],
  outputs: ProcessOutputs,
): void {
  const started: ProcessTarget[] = [];
  for (const { call, request } of calls) {
    const message = readRequest(findMethod(call), request);
    const target = startedBy(message);
    if (target !== undefined) started.push(target);
    if (!isMessage(message, RemoveContainerRequestSchema)) continue;
    const kept = started.filter(({ container }) => container !== message.containerId);
    started.splice(0, started.length, ...kept);
  }
  for (const target of started) outputs.begin(target);
}

function startedBy(message: MessageShape<DescMessage>): ProcessTarget | undefined {
  if (isMessage(message, StartContainerRequestSchema)) return { container: message.containerId };
  if (!isMessage(message, ExecProcessRequestSchema)) return undefined;
  return { container: message.containerId, process: message.execId };
}

/** Throws a UsageError for a name that no call has. */
export function findMethod(name: string): DescMethodUnary {
  const method = UNARY_METHODS.get(name);
  if (method !== undefined) return method;
  throw new UsageError(`the agent's protocol has no call ${JSON.stringify(name)}`, {
    code: 'CALL_UNKNOWN',
    remedy: `use one of ${[...UNARY_METHODS.keys()].toSorted().join(', ')}`,
  });
}

/** Throws a UsageError if the request does not fit the call. */
export function readRequest(
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
