/** One ttrpc connection to an agent: unary calls with typed messages, any number of them at once. */
import { createConnection } from 'node:net';
import type { Duplex } from 'node:stream';
import type {
  DescMessage,
  DescMethodUnary,
  MessageInitShape,
  MessageShape,
} from '@bufbuild/protobuf';
import { type CallObserver, CallTimeout, ChannelLost } from '../agent.ts';
import { decodeResponse, encodeRequest } from './call.ts';
import { createExchange, type RequestOptions } from './exchange.ts';

/** Timers of Node fire at once if asked for more. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The client's end of a connection. */
export interface TtrpcConnection extends AsyncDisposable {
  /** @throws AgentError, CallTimeout, ChannelLost or the signal's reason */
  call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: RequestOptions,
  ): Promise<MessageShape<Output>>;
}

/** Connects to a unix socket. A socket that is not there makes the first call throw ChannelLost. */
export function connectTtrpc(socketPath: string, observe?: CallObserver): TtrpcConnection {
  return createTtrpcConnection(createConnection(socketPath), observe);
}

/** Takes over the stream: nobody else may read, write or end it. */
export function createTtrpcConnection(
  stream: Duplex,
  observe: CallObserver = () => {},
): TtrpcConnection {
  const exchange = createExchange(stream);
  let calls = 0;
  return {
    async call(method, request, options) {
      const call = method.name;
      checkTimeout(call, options.timeoutMs);
      const ended = exchange.send(encodeRequest(method, request, options.timeoutMs), options);
      calls += 1;
      const id = calls;
      observe({ id, call, state: 'begin' });
      // The errors are made here, after the await, so that their stacks name the caller.
      const ending = await ended;
      if (ending.kind === 'answered') {
        observe({ id, call, state: 'end' });
        return decodeResponse(method, ending.data);
      }
      observe({ id, call, state: 'failed', why: ending.kind });
      if (ending.kind === 'timeout') throw new CallTimeout(call, options.timeoutMs);
      if (ending.kind === 'aborted') throw ending.reason;
      throw new ChannelLost(call, ending.why, ending.cause);
    },
    [Symbol.asyncDispose]: () => exchange[Symbol.asyncDispose](),
  };
}

function checkTimeout(call: string, timeoutMs: number): void {
  if (timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS) return;
  throw new RangeError(
    `${call}: expected a timeoutMs above 0 and at most ${MAX_TIMEOUT_MS}, found ${timeoutMs}`,
  );
}
