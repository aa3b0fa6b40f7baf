import {
  create,
  type DescMessage,
  type DescMethodUnary,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { cut } from '../../text.ts';
import { AgentError } from '../agent.ts';
import { Code, RequestSchema, ResponseSchema } from './generated/ttrpc_pb.js';

/**
 * How much longer the agent's time limit is than ours. Ours decides, so that a timeout always looks
 * the same; the agent's frees the handler.
 */
const AGENT_GRACE_MS = 1_000;

/** Without a limit, an error of up to 4 MiB would end up in reports. */
const REASON_LENGTH_MAX = 16 * 1024;

/**
 * The data of a request frame.
 *
 * @param timeoutMs Absent: no limit
 * @throws Error of protobuf-es if a field does not fit its type
 */
export function encodeRequest<Input extends DescMessage>(
  method: DescMethodUnary<Input>,
  request: MessageInitShape<Input>,
  timeoutMs?: number,
): Uint8Array {
  const envelope = create(RequestSchema, {
    service: method.parent.typeName,
    method: method.name,
    payload: toBinary(method.input, create(method.input, request)),
    // In ttrpc, 0 means no limit.
    timeoutNano:
      timeoutMs === undefined ? 0n : BigInt(Math.ceil(timeoutMs) + AGENT_GRACE_MS) * 1_000_000n,
  });
  return toBinary(RequestSchema, envelope);
}

/**
 * The answer in the data of a response frame.
 *
 * @throws AgentError if the status is an error, or the data is not a valid answer
 */
export function decodeResponse<Output extends DescMessage>(
  method: DescMethodUnary<DescMessage, Output>,
  data: Uint8Array,
): MessageShape<Output> {
  const { status, payload } = decodeMessage(ResponseSchema, method.name, data);
  if (status !== undefined && status.code !== Code.OK) {
    const code = Code[status.code] ?? `CODE_${status.code}`;
    throw new AgentError(method.name, code, cut(status.message, REASON_LENGTH_MAX));
  }
  return decodeMessage(method.output, method.name, payload);
}

/**
 * Whether an answer only says that the agent's time limit is over. On a host that is too busy to look at
 * its clock, it may be read before our own timer has fired.
 */
export function isTimeLimitAnswer(call: string, data: Uint8Array): boolean {
  try {
    return decodeMessage(ResponseSchema, call, data).status?.code === Code.DEADLINE_EXCEEDED;
  } catch (error) {
    if (error instanceof AgentError) return false;
    throw error;
  }
}

function decodeMessage<Schema extends DescMessage>(
  schema: Schema,
  call: string,
  bytes: Uint8Array,
): MessageShape<Schema> {
  try {
    // If they were kept, 4 MiB of unknown fields would take half a gigabyte of memory.
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    const found = Buffer.from(bytes).toString('hex', 0, 32);
    throw new AgentError(
      call,
      'MALFORMED_ANSWER',
      `expected a ${schema.typeName}, found ${bytes.length} bytes (${found}…): ${error}`,
    );
  }
}
