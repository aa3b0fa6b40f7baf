import { UsageError } from '../errors.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { ELF_X86_64, ElfFault, hasNote, isElf, parseElf } from './elf.ts';
import { readRegularFile } from './read-regular-file.ts';

/**
 * The release of a kernel that QEMU can boot directly, `6.12.117+deb13-cloud-amd64`, read from the
 * file itself: a bzImage or an ELF vmlinux for x86_64. Throws a UsageError for anything else.
 */
export async function readKernelRelease(path: string): Promise<string> {
  const head = await readKernelFile(path, HEAD_BYTES);
  const found = isElf(head) ? identifyVmlinux(await readKernelFile(path)) : identifyBzImage(head);
  if (found.kind === 'kernel') return found.release;
  throw new UsageError(
    `${path}: expected a kernel for x86_64, as bzImage or ELF vmlinux; found ${found.problem}`,
    { code: 'NOT_A_KERNEL', remedy: found.remedy ?? 'build it with: make bzImage' },
  );
}

type Identified =
  | { readonly kind: 'kernel'; readonly release: string }
  | { readonly kind: 'unusable'; readonly problem: string; readonly remedy?: string };

function unusable(problem: string, remedy?: string): Identified {
  return omitUndefined({ kind: 'unusable', problem, remedy });
}

/** kernel Documentation/arch/x86/boot.rst: the real-mode kernel header. */
export function isBzImage(head: Buffer): boolean {
  return head.length >= 0x250 && head.toString('latin1', 0x202, 0x206) === 'HdrS';
}

export function identifyBzImage(head: Buffer): Identified {
  if (!isBzImage(head)) return unusable(describeStart(head));
  const isFor64Bits = (head.readUInt16LE(0x236) & 1) === 1;
  if (!isFor64Bits) return unusable('a bzImage for 32 bits');
  const at = head.readUInt16LE(0x20e) + 0x200;
  const release = releaseIn(head.toString('latin1', at, at + TEXT_BYTES));
  if (!release) return unusable('a bzImage that does not say its release');
  return { kind: 'kernel', release };
}

/** Enough for a release and the character after it. */
const TEXT_BYTES = 66;

/**
 * A release begins with its version and has at most 64 characters (kernel
 * include/uapi/linux/utsname.h). What follows the version is the builder's choice; slashes are
 * refused because names of files are made from it.
 */
function releaseIn(text: string): string | undefined {
  return text.match(/^\d[\x21-\x2e\x30-\x7e]{0,63}(?=[ \0])/)?.[0];
}

// Xen's public/elfnote.h: the entry that QEMU starts an uncompressed kernel at (PVH).
const XEN_NOTE_PHYS32_ENTRY = 18;

export function identifyVmlinux(bytes: Buffer): Identified {
  try {
    const elf = parseElf(bytes);
    if (elf.machine !== ELF_X86_64) return unusable('an ELF file for another machine');
    const release = findBanner(bytes);
    if (!release) return unusable('an ELF file that is no kernel');
    if (hasNote(elf, 'Xen', XEN_NOTE_PHYS32_ENTRY)) return { kind: 'kernel', release };
    return unusable(
      `the vmlinux of ${release} without a PVH entry, which QEMU cannot start`,
      'build it with CONFIG_PVH=y, or use its bzImage',
    );
  } catch (error) {
    if (error instanceof ElfFault) return unusable(error.message);
    throw error;
  }
}

/** A vmlinux has the text twice: in `linux_banner` and, without a release, in `linux_proc_banner`. */
const BANNERS_MAX = 64;

/** `linux_banner` of the kernel's init/version.c. */
function findBanner(bytes: Buffer): string | undefined {
  const mark = 'Linux version ';
  let at = bytes.indexOf(mark);
  for (let count = 0; at >= 0 && count < BANNERS_MAX; count++) {
    const begin = at + mark.length;
    const release = releaseIn(bytes.toString('latin1', begin, begin + TEXT_BYTES));
    if (release) return release;
    at = bytes.indexOf(mark, begin);
  }
  return undefined;
}

function describeStart(head: Buffer): string {
  if (head.length === 0) return 'an empty file';
  if (head.toString('hex', 0, 2) === '1f8b') return 'a gzip file';
  if (head.toString('latin1', 0x38, 0x3c) === 'ARMd') return 'an Image for arm64';
  return `a file that starts with the bytes ${head.toString('hex', 0, 8)}`;
}

// The setup part of a bzImage is at most 64 sectors long and contains its release.
const HEAD_BYTES = 64 * 512 + 0x200;

/** A vmlinux with all its debug information has several hundred MiB. */
const KERNEL_BYTES_MAX = 2 * 1024 * 1024 * 1024;

/** All or only the first bytes of a kernel's image. Throws a UsageError if it cannot be read. */
export async function readKernelFile(path: string, headBytes?: number): Promise<Buffer> {
  try {
    return await readRegularFile(path, omitUndefined({ bytesMax: KERNEL_BYTES_MAX, headBytes }));
  } catch (error) {
    throw new UsageError(`${path}: the kernel cannot be read: ${(error as Error).message}`, {
      code: 'KERNEL_UNREADABLE',
      remedy: 'name a bzImage or vmlinux that you may read',
      cause: error,
    });
  }
}
