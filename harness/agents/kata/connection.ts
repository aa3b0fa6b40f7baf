/** One ttrpc connection to an agent: unary calls with typed messages, any number of them at once. */
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  create,
  type DescMessage,
  type DescMethodUnary,
  type JsonObject,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { AgentError, type CallObserver, CallTimeout, ChannelLost } from '../agent.ts';
import { decodeResponse, encodeRequest, isTimeLimitAnswer } from './call.ts';
import { createExchange, type Ending } from './exchange.ts';
import { toJsonObject } from './json-message.ts';
import { waitWithin } from './limited-wait.ts';

/** Timers of Node fire at once if asked for more. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** What ends a call, or a wait, without an answer. */
export interface RequestOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CallRequestOptions extends RequestOptions {
  /** Delays the request until this has settled, but for no more than half of the time limit. */
  readonly sendAfter?: Promise<unknown> | undefined;
}

/** The client's end of a connection. */
export interface TtrpcConnection extends AsyncDisposable {
  /** @throws AgentError, CallTimeout, ChannelLost or the signal's reason */
  call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: CallRequestOptions,
  ): Promise<MessageShape<Output>>;
  /**
   * A call without a time limit: it ends with its answer or with the connection. The observer is not
   * told about it.
   *
   * @throws AgentError or ChannelLost
   */
  callInBackground<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>>;
  /**
   * Waits for something that background calls deliver. The observer sees it as a call of that name.
   *
   * @throws CallTimeout or the signal's reason
   */
  waitFor(call: string, arrival: Promise<void>, options: RequestOptions): Promise<void>;
}

/** Who is told about calls. */
export interface TtrpcObserver {
  readonly onCall?: CallObserver | undefined;
  /** Also what was asked and what came back, which costs a conversion each. Default: false. */
  readonly trace?: boolean | undefined;
}

/** Connects to a unix socket. A socket that is not there makes the first call throw ChannelLost. */
export function connectTtrpc(socketPath: string, observer?: TtrpcObserver): TtrpcConnection {
  return createTtrpcConnection(createConnection(socketPath), observer);
}

/** Takes over the stream: nobody else may read, write or end it. */
export function createTtrpcConnection(
  stream: Duplex,
  { onCall: observe = () => {}, trace = false }: TtrpcObserver = {},
): TtrpcConnection {
  const exchange = createExchange(stream);
  let calls = 0;

  function begin(call: string, asked: { readonly request?: JsonObject } = {}): number {
    calls += 1;
    observe({ id: calls, call, state: 'begin', ...asked });
    return calls;
  }

  /** The answer, or an AgentError. */
  function decode<Output extends DescMessage>(
    id: number,
    method: DescMethodUnary<DescMessage, Output>,
    data: Uint8Array,
  ): MessageShape<Output> {
    const end = { id, call: method.name, state: 'end' } as const;
    try {
      const answer = decodeResponse(method, data);
      observe({ ...end, ...(trace && { answer: toJsonObject(method.output, answer) }) });
      return answer;
    } catch (error) {
      if (!(error instanceof AgentError)) throw error;
      const { code, reason: message } = error;
      observe({ ...end, ...(trace && { error: { code, message } }) });
      throw error;
    }
  }

  async function sendAfter(
    event: Promise<unknown>,
    data: Uint8Array,
    { timeoutMs, signal }: RequestOptions,
  ): Promise<Ending> {
    const beginMs = performance.now();
    await waitWithin(event, { timeoutMs: timeoutMs / 2, signal });
    const leftMs = Math.max(1, timeoutMs - (performance.now() - beginMs));
    return await exchange.send(data, { timeoutMs: leftMs, signal });
  }

  return {
    async call(method, request, options) {
      const call = method.name;
      checkTimeout(call, options.timeoutMs);
      const message = create(method.input, request);
      const data = encodeRequest(method, message, options.timeoutMs);
      const ended =
        options.sendAfter === undefined
          ? exchange.send(data, options)
          : sendAfter(options.sendAfter, data, options);
      const id = begin(call, trace ? { request: toJsonObject(method.input, message) } : {});
      const beginMs = performance.now();
      // The errors are made here, after the await, so that their stacks name the caller.
      const ending = asTimeout(call, await ended, performance.now() - beginMs >= options.timeoutMs);
      if (ending.kind === 'answered') return decode(id, method, ending.data);
      observe({ id, call, state: 'failed', why: ending.kind });
      if (ending.kind === 'timeout') throw new CallTimeout(call, options.timeoutMs);
      if (ending.kind === 'aborted') throw ending.reason;
      throw new ChannelLost(call, ending.why, ending.cause);
    },
    async callInBackground(method, request) {
      const ending = await exchange.send(encodeRequest(method, request), {});
      if (ending.kind === 'answered') return decodeResponse(method, ending.data);
      if (ending.kind === 'lost') throw new ChannelLost(method.name, ending.why, ending.cause);
      throw new Error(`${method.name} has no limit, and yet it ended: ${ending.kind}`);
    },
    async waitFor(call, arrival, options) {
      checkTimeout(call, options.timeoutMs);
      const id = begin(call);
      const ending = await waitWithin(
        arrival.then(() => ({ kind: 'arrived' }) as const),
        options,
      );
      if (ending.kind === 'arrived') return observe({ id, call, state: 'end' });
      observe({ id, call, state: 'failed', why: ending.kind });
      if (ending.kind === 'timeout') throw new CallTimeout(call, options.timeoutMs);
      throw ending.reason;
    },
    [Symbol.asyncDispose]: () => exchange[Symbol.asyncDispose](),
  };
}

/** The agent's word that the time is over is the same as none, once our own limit is over, too. */
function asTimeout(call: string, ending: Ending, isOver: boolean): Ending {
  const isLate = isOver && ending.kind === 'answered' && isTimeLimitAnswer(call, ending.data);
  return isLate ? { kind: 'timeout' } : ending;
}

function checkTimeout(call: string, timeoutMs: number): void {
  if (timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return;
  throw new RangeError(
    `${call}: expected a timeoutMs above 0 and at most ${MAX_TIMEOUT_MS}, found ${timeoutMs}`,
  );
}
