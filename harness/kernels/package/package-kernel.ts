import { open } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { UsageError } from '../../errors.ts';
import type { PackageSource } from '../../matrix/matrix.ts';
import { toLine } from '../../text.ts';
import { type ArchiveWords, readingArchive } from '../archive/archive-error.ts';
import { FileTree } from '../archive/file-tree.ts';
import { fillKernelEntry, KERNEL_ENTRY_FORMAT, readKernelEntry } from '../archive/kernel-entry.ts';
import { listArchive, type OpenArchive } from '../archive/read-archive.ts';
import { digestUsersFile } from '../archive/users-file.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { isDeb, openDeb } from './deb.ts';
import { isRpm, openRpm } from './rpm.ts';

/**
 * The kernel in packages that the user has. Throws a UsageError if they cannot be read or do not have
 * exactly one kernel, an InfraError if the host fails or lacks a program.
 */
export async function resolvePackageKernel(
  source: PackageSource,
  context: ProviderContext,
): Promise<BootableKernel> {
  const { cacheRoot } = context;
  const files = source.files.map((file) => resolve(file));
  const digests = await Promise.all(files.map((file) => digestUsersFile(file, cacheRoot)));
  const names = files.map((file) => basename(file)).join(', ');
  const words: ArchiveWords = {
    archive: names,
    expected: 'packages of one kernel, .deb or .rpm',
    remedy: 'name the package with vmlinuz, and beside it those with its modules and config',
  };
  const identity = [KERNEL_ENTRY_FORMAT, source.image ?? '', ...digests].join('\n');
  const key = `kernels/package-${nameOfDigest(digestOf(identity))}`;
  const entry = await cachedEntry(
    cacheRoot,
    key,
    (folder) =>
      readingArchive(words, async () => {
        const tree = new FileTree();
        const archives = await Promise.all(files.map(openPackage));
        for (const [index, archive] of archives.entries()) await listArchive(tree, index, archive);
        await fillKernelEntry(
          folder,
          { tree, archives },
          { wanted: source.image, key: 'image' },
          words,
        );
      }),
    waitForEntry(`unpacking ${names}`, context),
  );
  const { name: _, ...kernel } = await readKernelEntry(entry);
  const inputs = Object.fromEntries(
    files.map((file, index) => [toLine(basename(file)), digests[index] ?? '']),
  );
  return { ...kernel, origin: `package ${names}`, pin: { inputs } };
}

async function openPackage(file: string): Promise<OpenArchive> {
  await using opened = await open(file);
  const { buffer, bytesRead } = await opened.read(Buffer.alloc(8), 0, 8, 0);
  const head = buffer.subarray(0, bytesRead);
  if (isRpm(head)) return openRpm(file);
  if (isDeb(head)) return openDeb(file);
  throw new UsageError(
    `${file}: expected a package, .deb or .rpm; found a file that starts with the bytes ${head.toString('hex')}`,
    { code: 'BAD_ARCHIVE', remedy: "name a package, or the kernel's own files with 'path'" },
  );
}
