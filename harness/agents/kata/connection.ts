/**
 * One ttrpc connection as its client: unary calls, any number of them at once. A call ends with
 * exactly one of: an answer, its time limit, its abort signal, the loss of the connection.
 */
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
import { encodeFrame, type Frame, readFrames } from './frame.ts';

/** Timers of Node fire at once if asked for more. */
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

export interface TtrpcCallOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface TtrpcConnection extends AsyncDisposable {
  /** @throws AgentError, CallTimeout, ChannelLost or the signal's reason */
  call<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethodUnary<Input, Output>,
    request: MessageInitShape<Input>,
    options: TtrpcCallOptions,
  ): Promise<MessageShape<Output>>;
}

type Ending =
  | { readonly kind: 'answered'; readonly data: Uint8Array }
  | { readonly kind: 'timeout' }
  | { readonly kind: 'aborted'; readonly reason: unknown }
  | { readonly kind: 'lost'; readonly why: string; readonly cause?: unknown };

/** Connects to a unix socket. A socket that is not there makes the first call throw ChannelLost. */
export function connectTtrpc(socketPath: string, observe?: CallObserver): TtrpcConnection {
  return createTtrpcConnection(createConnection(socketPath), observe);
}

/** Takes over the stream: nobody else may read, write or end it. */
export function createTtrpcConnection(
  stream: Duplex,
  observe: CallObserver = () => {},
): TtrpcConnection {
  const pending = new Map<number, (ending: Ending) => void>();
  let loss: Extract<Ending, { kind: 'lost' }> | undefined;
  let calls = 0;

  function lose(why: string, cause?: unknown): void {
    loss ??= { kind: 'lost', why, cause };
    for (const end of pending.values()) end(loss);
    stream.destroy();
  }

  function receive({ streamId, type, data }: Frame): void {
    const isOurs = streamId % 2 === 1 && streamId < 2 * calls;
    if (type !== 'response' || !isOurs) {
      lose(`the agent sent a ${type} on stream ${streamId}, which nobody waits for`);
      return;
    }
    // Nobody waits any more if the call ran out of time or was aborted: late answers do no harm.
    pending.get(streamId)?.({ kind: 'answered', data });
  }

  async function receiveAll(): Promise<void> {
    try {
      for await (const frame of readFrames(stream)) receive(frame);
      lose('the agent or its relay closed the connection');
    } catch (error) {
      lose(`the connection to the agent broke: ${(error as Error).message}`, error);
    }
  }

  function exchange(streamId: number, frame: Uint8Array, options: TtrpcCallOptions) {
    const { timeoutMs, signal } = options;
    return new Promise<Ending>((resolve) => {
      const end = (ending: Ending) => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        pending.delete(streamId);
        resolve(ending);
      };
      const abort = () => end({ kind: 'aborted', reason: signal?.reason });
      const timer = setTimeout(end, timeoutMs, { kind: 'timeout' });
      if (loss !== undefined) return end(loss);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      pending.set(streamId, end);
      stream.write(frame);
    });
  }

  // The first error ends readFrames, which tells us; those after it change nothing.
  stream.on('error', () => {});
  void receiveAll();

  return {
    async call(method, request, options) {
      const call = method.name;
      if (!(options.timeoutMs > 0 && options.timeoutMs <= MAX_TIMEOUT_MS)) {
        throw new RangeError(
          `${call}: expected a timeoutMs above 0 and at most ${MAX_TIMEOUT_MS}, ` +
            `found ${options.timeoutMs}`,
        );
      }
      const data = encodeRequest(method, request, options.timeoutMs);
      const id = calls + 1;
      const streamId = 2 * id - 1;
      const frame = encodeFrame({ streamId, type: 'request', flags: 0, data });
      calls = id;
      observe({ id, call, state: 'begin' });
      // The errors are made here, after the await, so that their stacks name the caller.
      const ending = await exchange(streamId, frame, options);
      if (ending.kind === 'answered') {
        observe({ id, call, state: 'end' });
        return decodeResponse(method, ending.data);
      }
      observe({ id, call, state: 'failed', why: ending.kind });
      if (ending.kind === 'timeout') throw new CallTimeout(call, options.timeoutMs);
      if (ending.kind === 'aborted') throw ending.reason;
      throw new ChannelLost(call, ending.why, ending.cause);
    },

    async [Symbol.asyncDispose]() {
      lose('the connection was closed on our side');
      if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
    },
  };
}
