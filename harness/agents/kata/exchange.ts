import type { Duplex } from 'node:stream';
import { encodeFrame, type Frame, readFrames } from './frame.ts';
import { type Expiry, type WaitLimits, waitWithin } from './limited-wait.ts';

/** How a request ended. What happens later does not change it. */
export type Ending =
  | { readonly kind: 'answered'; readonly data: Uint8Array }
  | { readonly kind: 'lost'; readonly why: string; readonly cause?: unknown }
  | Expiry;

/** Requests and their answers as frames of one byte stream, any number of them at once. */
export interface Exchange extends AsyncDisposable {
  /** @throws RangeError if the data is too long for a frame; nothing is sent then */
  send(data: Uint8Array, limits: WaitLimits): Promise<Ending>;
}

/** Takes ownership of the stream: nothing else may read, write or end it. */
export function createExchange(stream: Duplex): Exchange {
  const pending = new Map<number, (ending: Ending) => void>();
  let loss: Extract<Ending, { kind: 'lost' }> | undefined;
  let nextStreamId = 1;

  function lose(why: string, cause?: unknown): void {
    loss ??= { kind: 'lost', why, cause };
    for (const end of pending.values()) end(loss);
    stream.destroy();
  }

  function receive({ streamId, type, data }: Frame): void {
    const isOurs = streamId % 2 === 1 && streamId < nextStreamId;
    if (type !== 'response' || !isOurs) {
      lose(`the agent sent a ${type} on stream ${streamId}, which has no pending request`);
      return;
    }
    // The answer to a request that timed out or was aborted is ignored.
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

  // The first error ends readFrames, which reports it; later ones change nothing.
  stream.on('error', () => {});
  void receiveAll();

  return {
    send(data, limits) {
      // Streams opened by a client have odd ids.
      const streamId = nextStreamId;
      const frame = encodeFrame({ streamId, type: 'request', flags: 0, data });
      nextStreamId += 2;
      const { promise, resolve } = Promise.withResolvers<Ending>();
      if (loss !== undefined) resolve(loss);
      else if (limits.signal?.aborted !== true) {
        pending.set(streamId, resolve);
        stream.write(frame);
      }
      return waitWithin(promise, limits).finally(() => pending.delete(streamId));
    },
    async [Symbol.asyncDispose]() {
      lose('the connection was closed on our side');
      if (!stream.closed) await new Promise((resolve) => stream.once('close', resolve));
    },
  };
}
