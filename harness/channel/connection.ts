import type { Duplex } from 'node:stream';
import { ChannelFault } from './channel-fault.ts';
import { createFrameDecoder, encodeFrame, type Frame } from './frame.ts';
import { parseLimitedJson } from './limited-json.ts';

/** An acknowledged exchange of JSON messages over one stream. */
export interface Connection {
  /**
   * Resolves once the other end has acknowledged the message; rejects with a ChannelFault, or with
   * an OversizedRequest if the message was too long to be sent.
   * @param attachment Raw bytes that belong to the message: without base64 they cost the guest less.
   */
  send(message: object, attachment?: Uint8Array): Promise<void>;
  /** Resolves with the reason why no more messages will come. Never rejects. */
  readonly closed: Promise<ChannelFault>;
  close(): void;
  /** Detaches from the stream and leaves it open, for another connection. */
  leave(): void;
}

/** Between a message and its attachment; JSON has none. */
const ZERO_BYTE = Buffer.from([0]);

/**
 * `onMessage` gets each message in order, after it was acknowledged. All that is known of a message is
 * that it is JSON of limited depth and size. A ChannelFault that `onMessage` throws ends the connection.
 * @param parse For the guest's end, where messages have attachments.
 */
export function openConnection(
  stream: Duplex,
  onMessage: (message: unknown) => void,
  parse: (payload: Buffer) => unknown = parseLimitedJson,
): Connection {
  const decoder = createFrameDecoder();
  const unacknowledged = new Map<
    number,
    { resolve: () => void; reject: (fault: ChannelFault) => void }
  >();
  const { promise: closed, resolve: resolveClosed } = Promise.withResolvers<ChannelFault>();
  let fault: ChannelFault | undefined;
  let sent = 0;
  let received = 0;

  function end(reason: ChannelFault): void {
    if (fault !== undefined) return;
    fault = reason;
    for (const waiting of unacknowledged.values()) waiting.reject(reason);
    unacknowledged.clear();
    stream.destroy();
    resolveClosed(reason);
  }

  function receive(frame: Frame): void {
    if (frame.kind === 'acknowledgement') {
      const waiting = unacknowledged.get(frame.sequence);
      if (waiting === undefined) {
        throw new ChannelFault(
          'GARBLED',
          `an acknowledgement is for message ${frame.sequence}, which is not waiting for one`,
        );
      }
      unacknowledged.delete(frame.sequence);
      waiting.resolve();
      return;
    }
    received += 1;
    if (frame.sequence !== received) {
      throw new ChannelFault('GARBLED', `expected message ${received}, found ${frame.sequence}`);
    }
    const message = parse(frame.payload);
    const hasRoom = stream.write(
      encodeFrame({ kind: 'acknowledgement', sequence: frame.sequence }),
    );
    // A guest that sends but does not read has to wait until it does: memory stays bounded.
    if (!hasRoom) stream.pause();
    onMessage(message);
  }

  const onData = (chunk: Buffer): void => {
    if (fault !== undefined) return;
    try {
      for (const frame of decoder.push(chunk)) receive(frame);
    } catch (error) {
      if (!(error instanceof ChannelFault)) throw error;
      end(error);
    }
  };
  const listeners = {
    data: onData,
    drain: () => stream.resume(),
    error: (error: Error) => end(new ChannelFault('CLOSED', error.message, error)),
    end: endOfStream,
    close: endOfStream,
  };
  for (const [event, listener] of Object.entries(listeners)) stream.on(event, listener);
  // One that its guest has closed at once says so no more.
  if (stream.closed) queueMicrotask(endOfStream);

  function endOfStream(): void {
    const rest = decoder.pendingBytes;
    end(
      rest > 0
        ? new ChannelFault('CUT', `it ended within a frame, after ${rest} bytes of it`)
        : new ChannelFault('CLOSED', 'it was closed'),
    );
  }

  return {
    closed,
    async send(message, attachment) {
      if (fault !== undefined) throw fault;
      const text = Buffer.from(JSON.stringify(message));
      const payload =
        attachment === undefined ? text : Buffer.concat([text, ZERO_BYTE, attachment]);
      const frame = encodeFrame({ kind: 'message', sequence: sent + 1, payload });
      sent += 1;
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      unacknowledged.set(sent, { resolve, reject });
      stream.write(frame);
      await promise;
    },
    close: () => end(new ChannelFault('CLOSED', 'we closed it')),
    leave() {
      for (const [event, listener] of Object.entries(listeners)) stream.off(event, listener);
    },
  };
}
