import { type CompressionKind, compressionOf } from './decompress.ts';

/** The ELF file that a bzImage unpacks in the guest. */
export interface ImagePayload {
  /** Undefined if it is packed with none that is known. */
  readonly compression: CompressionKind | undefined;
  readonly packed: Buffer;
}

/** Kernel Documentation/arch/x86/boot.rst: `setup_sects`, `payload_offset` and `payload_length`. */
export function payloadOf(bzImage: Buffer): ImagePayload {
  const setupBytes = ((bzImage.readUInt8(0x1f1) || 4) + 1) * 512;
  const start = setupBytes + bzImage.readUInt32LE(0x248);
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(0x24c));
  const compression = compressionOf(payload);
  const sizeBytes = compression === 'gzip' ? 0 : SIZE_BYTES;
  return { compression, packed: payload.subarray(0, Math.max(0, payload.length - sizeBytes)) };
}

/**
 * The kernel's build appends the unpacked size to the compressor's output, except for gzip, whose
 * format ends with it (kernel scripts/Makefile.lib, size_append).
 */
const SIZE_BYTES = 4;

/** Debian's largest are 80 MiB. A kernel larger than this would not fit into a guest, either. */
export const PAYLOAD_BYTES_MAX = 256 * 1024 * 1024;
