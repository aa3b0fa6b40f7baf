/** Frames of the guest protocol, version 1: see docs/guest-protocol.md. */
import { crc32 } from 'node:zlib';
import { ChannelFault, OversizedRequest } from './channel-fault.ts';

/** Longest payload of a frame, in bytes. Both ends refuse more, so neither has to buffer more. */
export const PAYLOAD_BYTES_MAX = 4 * 1024 * 1024;

const HEADER_BYTES = 20;
const MARK = Buffer.from('KMXF', 'latin1');
const KINDS = { message: 1, acknowledgement: 2 } as const;

export type Frame =
  | { readonly kind: 'message'; readonly sequence: number; readonly payload: Buffer }
  | { readonly kind: 'acknowledgement'; readonly sequence: number };

/** Throws an OversizedRequest if the payload is too long. */
export function encodeFrame(frame: Frame): Buffer {
  const payload = frame.kind === 'message' ? frame.payload : Buffer.alloc(0);
  if (payload.length > PAYLOAD_BYTES_MAX) {
    throw new OversizedRequest(
      `expected a request of at most ${PAYLOAD_BYTES_MAX} bytes, found ${payload.length}`,
    );
  }
  const header = Buffer.alloc(HEADER_BYTES);
  MARK.copy(header);
  header.writeUInt8(KINDS[frame.kind], 4);
  header.writeUInt32BE(frame.sequence, 8);
  header.writeUInt32BE(payload.length, 12);
  header.writeUInt32BE(checksum(header, payload), 16);
  return Buffer.concat([header, payload]);
}

export interface FrameDecoder {
  /** Yields the frames that these bytes complete; then throws a ChannelFault if garbage follows. */
  push(chunk: Uint8Array): Iterable<Frame>;
  /** Bytes of an unfinished frame: more than 0 at the end of a stream means that it was cut. */
  readonly pendingBytes: number;
}

export function createFrameDecoder(): FrameDecoder {
  let chunks: Uint8Array[] = [];
  let size = 0;
  let wanted = HEADER_BYTES;

  function take(): Frame | undefined {
    if (size < HEADER_BYTES) checkMark(Buffer.concat(chunks));
    if (size < wanted) return undefined;
    const buffer = join(chunks);
    chunks = [buffer];
    const payloadBytes = checkHeader(buffer);
    wanted = HEADER_BYTES + payloadBytes;
    if (size < wanted) return undefined;
    const frame = readFrame(buffer.subarray(0, wanted));
    chunks = [buffer.subarray(wanted)];
    size -= wanted;
    wanted = HEADER_BYTES;
    return frame;
  }

  return {
    *push(chunk) {
      chunks.push(chunk);
      size += chunk.length;
      for (let frame = take(); frame !== undefined; frame = take()) yield frame;
    },
    get pendingBytes() {
      return size;
    },
  };
}

/** Does not copy a single chunk: repeated for each frame in it, that would take quadratic time. */
function join(chunks: readonly Uint8Array[]): Buffer {
  const [first, ...rest] = chunks;
  if (first === undefined || rest.length > 0) return Buffer.concat(chunks);
  return Buffer.from(first.buffer, first.byteOffset, first.byteLength);
}

/** Checks even the first bytes of a header: after garbage there is no waiting for a full header. */
function checkMark(buffer: Buffer): void {
  const found = buffer.subarray(0, MARK.length);
  if (found.equals(MARK.subarray(0, found.length))) return;
  throw new ChannelFault(
    'GARBLED',
    `expected a frame to begin with KMXF, found ${found.toString('hex')}`,
  );
}

/** Length of the payload in bytes. Throws if the header is wrong, before any waiting for the payload. */
function checkHeader(buffer: Buffer): number {
  checkMark(buffer);
  const kind = buffer.readUInt8(4);
  if (kind !== KINDS.message && kind !== KINDS.acknowledgement) {
    throw new ChannelFault('GARBLED', `expected frame kind 1 or 2, found ${kind}`);
  }
  const length = buffer.readUInt32BE(12);
  const lengthMax = kind === KINDS.message ? PAYLOAD_BYTES_MAX : 0;
  if (length > lengthMax) {
    throw new ChannelFault(
      'OVERSIZED',
      `expected a payload of at most ${lengthMax} bytes, found ${length}`,
    );
  }
  return length;
}

function readFrame(buffer: Buffer): Frame {
  const payload = buffer.subarray(HEADER_BYTES);
  const expected = buffer.readUInt32BE(16);
  const found = checksum(buffer, payload);
  if (found !== expected) {
    throw new ChannelFault('GARBLED', `expected checksum ${expected}, found ${found}`);
  }
  const sequence = buffer.readUInt32BE(8);
  return buffer.readUInt8(4) === KINDS.message
    ? { kind: 'message', sequence, payload }
    : { kind: 'acknowledgement', sequence };
}

function checksum(header: Buffer, payload: Uint8Array): number {
  return crc32(payload, crc32(header.subarray(4, 16)));
}
