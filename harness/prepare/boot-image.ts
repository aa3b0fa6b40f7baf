/**
 * A bzImage unpacks itself in the guest, which takes an emulated CPU seconds; the ELF file in it
 * boots at once (PVH). It is the same kernel; only its decompressor and the random base address
 * (KASLR) are skipped.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { nameOfDigest } from '../cache/digest.ts';
import { type CompressionKind, decompress } from '../kernels/decompress.ts';
import { isElf } from '../kernels/elf.ts';
import { PAYLOAD_BYTES_MAX, payloadOf } from '../kernels/image-payload.ts';
import { identifyBzImage, identifyVmlinux, readKernelFile } from '../kernels/kernel-file.ts';
import type { BootableKernel } from '../kernels/kernel-image.ts';

const IMAGE = 'vmlinux';
/** Instead of it, for a bzImage that must boot as it is: a file with the reason. */
const NO_IMAGE = 'none';

/**
 * The path of what QEMU boots: the ELF file in the bzImage, or the bzImage itself where that fails.
 */
export async function bootImage(cacheRoot: string, kernel: BootableKernel): Promise<string> {
  const key = `boot-images/${nameOfDigest(kernel.digest)}`;
  const entry = await cachedEntry(cacheRoot, key, async (folder) => {
    const payload = await unpack(await readKernelFile(kernel.image));
    if (Buffer.isBuffer(payload)) await writeFile(join(folder, IMAGE), payload);
    else await writeFile(join(folder, NO_IMAGE), `${payload}\n`);
  });
  const files = await readdir(entry);
  return files.includes(IMAGE) ? join(entry, IMAGE) : kernel.image;
}

/** The ELF file, or why there is none to boot. */
export async function unpack(bzImage: Buffer): Promise<Buffer | string> {
  if (isElf(bzImage)) return 'it is an ELF file already';
  if (identifyBzImage(bzImage).kind !== 'kernel') return 'it is no bzImage';
  const { compression, packed } = payloadOf(bzImage);
  if (compression === undefined || !UNPACKED.includes(compression)) {
    return 'its compression is not supported';
  }
  const limits = { bytesMax: PAYLOAD_BYTES_MAX, what: 'kernels' };
  const unpacked = await decompress(packed, compression, limits);
  switch (unpacked.kind) {
    case 'too-large':
      return `it does not unpack: it is larger than ${PAYLOAD_BYTES_MAX} bytes`;
    case 'broken':
      return `it does not unpack: ${unpacked.message}`;
    case 'content': {
      const found = identifyVmlinux(unpacked.bytes);
      return found.kind === 'kernel' ? unpacked.bytes : found.problem;
    }
  }
}

/**
 * Those that need no program of the host. Debian's 5.10 and 6.1 are packed with lz4: they unpack
 * themselves quickly anyway.
 */
const UNPACKED: readonly CompressionKind[] = ['gzip', 'zstd'];
