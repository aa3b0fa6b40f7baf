/**
 * A bzImage unpacks itself in the guest, which takes an emulated CPU seconds; the ELF file in it
 * boots at once (PVH). It is the same kernel; only its decompressor and the random base address
 * (KASLR) are skipped.
 */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { cachedEntry } from '../cache/cached-entry.ts';
import { shortDigest } from '../cache/digest.ts';
import { isElf } from '../kernels/elf.ts';
import { identifyBzImage, identifyVmlinux, readKernelFile } from '../kernels/kernel-file.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';

const IMAGE = 'vmlinux';
/** Instead of it, for a bzImage that must boot as it is: a file with the reason. */
const NO_IMAGE = 'none';

/**
 * The path of what QEMU boots: the ELF file in the bzImage, or the bzImage itself where that fails.
 */
export async function bootImage(cacheRoot: string, kernel: KernelImage): Promise<string> {
  const key = `boot-images/${shortDigest(kernel.digest)}`;
  const entry = await cachedEntry(cacheRoot, key, async (folder) => {
    const payload = await unpack(await readKernelFile(kernel.image));
    if (Buffer.isBuffer(payload)) await writeFile(join(folder, IMAGE), payload);
    else await writeFile(join(folder, NO_IMAGE), `${payload}\n`);
  });
  const files = await readdir(entry);
  return files.includes(IMAGE) ? join(entry, IMAGE) : kernel.image;
}

/** The ELF file, or why there is none to boot. Offsets: kernel Documentation/arch/x86/boot.rst. */
export async function unpack(bzImage: Buffer): Promise<Buffer | string> {
  if (isElf(bzImage)) return 'it is an ELF file already';
  if (identifyBzImage(bzImage).kind !== 'kernel') return 'it is no bzImage';
  const setupBytes = ((bzImage.readUInt8(0x1f1) || 4) + 1) * 512;
  const start = setupBytes + bzImage.readUInt32LE(0x248);
  const payload = bzImage.subarray(start, start + bzImage.readUInt32LE(0x24c));
  const decompress = DECOMPRESSORS.find(({ mark }) =>
    payload.toString('hex', 0, 4).startsWith(mark),
  );
  if (decompress === undefined) return 'its compression is not supported';
  const packed = payload.subarray(0, payload.length - decompress.sizeBytes);
  const elf = await decompress
    .run(packed, { maxOutputLength: ELF_BYTES_MAX })
    .catch((error: Error) => error.message);
  if (typeof elf === 'string') return `it does not unpack: ${elf}`;
  const found = identifyVmlinux(elf);
  return found.kind === 'kernel' ? elf : found.problem;
}

/** Debian's largest are 80 MiB. A kernel larger than this would not fit into a guest, either. */
const ELF_BYTES_MAX = 256 * 1024 * 1024;

/**
 * The kernel's build appends the unpacked size to the compressor's output, except for gzip, whose
 * format ends with it (kernel scripts/Makefile.lib, size_append). Node has no lz4 (Debian's 5.10
 * and 6.1), but those kernels unpack themselves quickly anyway.
 */
const DECOMPRESSORS = [
  { mark: '28b52ffd', sizeBytes: 4, run: promisify(zstdDecompress) },
  { mark: '1f8b', sizeBytes: 0, run: promisify(gunzip) },
];
