import { basename, resolve } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import type { KataKernelSource } from '../../matrix/matrix.ts';
import { toLine } from '../../text.ts';
import { type ArchiveWords, readingArchive } from '../archive/archive-error.ts';
import { FileTree } from '../archive/file-tree.ts';
import { fillKernelEntry, KERNEL_ENTRY_FORMAT, readKernelEntry } from '../archive/kernel-entry.ts';
import { findPackedKernel } from '../archive/kernel-layout.ts';
import { archiveFile, listArchive } from '../archive/read-archive.ts';
import { digestUsersFile } from '../archive/users-file.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { BootableKernel } from '../kernel-image.ts';

/**
 * Links to the kernels that Kata's own configuration boots: with QEMU, and with hypervisors that want an
 * ELF file (kata-containers tools/packaging/kernel/build-kernel.sh, install_kata).
 */
const DEFAULT_IMAGES = ['vmlinuz.container', 'vmlinux.container'];

/**
 * The kernel in a release archive of Kata. Throws a UsageError if it cannot be read or has no such
 * kernel, an InfraError if the host fails or lacks a program.
 */
export async function resolveKataKernel(
  { archive, image }: KataKernelSource,
  context: ProviderContext,
): Promise<BootableKernel> {
  const { cacheRoot } = context;
  const path = resolve(archive);
  const words: ArchiveWords = {
    archive: path,
    expected: 'a release archive of Kata (kata-static-*.tar.zst) with a kernel',
    remedy: "name another kernel of it with 'image', or another archive",
  };
  const digest = await digestUsersFile(path, cacheRoot);
  const identity = [KERNEL_ENTRY_FORMAT, image ?? '', digest].join('\n');
  const key = `kernels/kata-${nameOfDigest(digestOf(identity))}`;
  const entry = await cachedEntry(
    cacheRoot,
    key,
    (folder) =>
      readingArchive(words, async () => {
        const tree = new FileTree();
        const archives = [archiveFile(path)];
        await listArchive(tree, 0, archiveFile(path));
        const wanted = image ?? defaultImage(tree);
        await fillKernelEntry(folder, { tree, archives }, { wanted, key: 'image' }, words);
      }),
    waitForEntry(`unpacking ${basename(path)}`, context),
  );
  const { name, ...kernel } = await readKernelEntry(entry);
  const origin = `kata ${basename(path)}: ${toLine(basename(name))}`;
  return { ...kernel, origin, pin: { inputs: { archive: digest, file: toLine(name) } } };
}

function defaultImage(tree: FileTree): string {
  const found = DEFAULT_IMAGES.find((name) => findPackedKernel(tree, name).kind !== 'none');
  return found ?? DEFAULT_IMAGES.join(' or ');
}
