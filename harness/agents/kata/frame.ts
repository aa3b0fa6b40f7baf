/**
 * Frames of ttrpc (containerd ttrpc, PROTOCOL.md): a header of ten bytes, then data. The client is
 * written by hand because npm has no maintained ttrpc package; those for gRPC speak HTTP/2.
 */

/** Every ttrpc implementation refuses more than this. */
export const MAX_FRAME_DATA_BYTES = 4 << 20;
const HEADER_BYTES = 10;

/** Numbers on the wire. `data` belongs to streaming calls, which the agents do not use. */
export const FRAME_TYPES = { request: 1, response: 2, data: 3 } as const;
/** What a frame is. */
export type FrameType = keyof typeof FRAME_TYPES;
const typeNames = new Map(
  Object.entries(FRAME_TYPES).map(([name, number]) => [number as number, name as FrameType]),
);

/** One frame; flags are 0 for unary calls. */
export interface Frame {
  readonly streamId: number;
  readonly type: FrameType;
  readonly flags: number;
  readonly data: Uint8Array;
}

/** The bytes are not ttrpc, and so nothing after them can be read. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

/** @throws RangeError if the data exceeds the limit: the peer would close the connection. */
export function encodeFrame({ streamId, type, flags, data }: Frame): Uint8Array {
  if (data.length > MAX_FRAME_DATA_BYTES) {
    throw new RangeError(
      `a message of ${data.length} bytes is too long: ttrpc allows ${MAX_FRAME_DATA_BYTES}`,
    );
  }
  const frame = Buffer.allocUnsafe(HEADER_BYTES + data.length);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(streamId, 4);
  frame.writeUInt8(FRAME_TYPES[type], 8);
  frame.writeUInt8(flags, 9);
  frame.set(data, HEADER_BYTES);
  return frame;
}

/**
 * The frames of a byte stream, however it is split into chunks. Holds at most one frame and one
 * chunk. A bad header is detected without waiting for the data that it announces.
 *
 * @throws FrameError if the bytes are not a frame, or the stream ends within one
 */
export async function* readFrames(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let neededBytes = HEADER_BYTES;
  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    // Chunks are joined only when a frame is complete, so that many small ones cost no more than one.
    if (heldBytes < neededBytes) continue;
    let rest = Buffer.concat(held);
    neededBytes = frameLength(rest);
    while (rest.length >= neededBytes) {
      yield decodeFrame(rest.subarray(0, neededBytes));
      rest = rest.subarray(neededBytes);
      neededBytes = frameLength(rest);
    }
    held = [rest];
    heldBytes = rest.length;
  }
  if (heldBytes > 0) {
    throw new FrameError(
      `the stream ended within a frame: ${heldBytes} of at least ${neededBytes} bytes came`,
    );
  }
}

/** The length of the frame that begins here, or of a header if that is still incomplete. */
function frameLength(bytes: Buffer): number {
  if (bytes.length < HEADER_BYTES) return HEADER_BYTES;
  const dataBytes = bytes.readUInt32BE(0);
  const type = bytes.readUInt8(8);
  if (dataBytes > MAX_FRAME_DATA_BYTES || !typeNames.has(type)) {
    throw new FrameError(
      `expected a ttrpc frame of type 1 to 3 and at most ${MAX_FRAME_DATA_BYTES} bytes, ` +
        `found type ${type} and ${dataBytes} bytes (header ${bytes.toString('hex', 0, 10)})`,
    );
  }
  return HEADER_BYTES + dataBytes;
}

function decodeFrame(frame: Buffer): Frame {
  return {
    streamId: frame.readUInt32BE(4),
    type: typeNames.get(frame.readUInt8(8)) as FrameType,
    flags: frame.readUInt8(9),
    data: frame.subarray(HEADER_BYTES),
  };
}
