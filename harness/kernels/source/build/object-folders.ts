/**
 * Several folders of objects for one tree and compiler, so that its kernels can be built side by side. The
 * others begin as copies of the first: what a build compiles there is what it would compile in the first.
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { entryLock, temporaryFolder } from '../../../cache/existing-entry.ts';
import { tryLock } from '../../../cache/host-lock.ts';
import { asStorageError } from '../../../cache/storage-error.ts';
import { InfraError } from '../../../errors.ts';
import { hasObjects } from './object-folder.ts';

/** Of `count` folders, the first of which is that of `objectsKey`. */
export function folderKeys(key: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? key : `${key}.${index + 1}`));
}

/** Whether a key is one of `folderKeys(first, …)`. */
export function isFolderKey(key: string, first: string): boolean {
  return (
    key === first || (key.startsWith(`${first}.`) && /^\d+$/.test(key.slice(first.length + 1)))
  );
}

/**
 * Copies the objects of the first folder to those of the others that have none. Returns whether it could: not if the first
 * has no objects yet, or is in use. Throws an InfraError if the disk is full.
 */
export async function spreadObjects(root: string, key: string, count: number): Promise<boolean> {
  await using lock = await tryLock(entryLock(root, key));
  if (lock === undefined || !(await hasObjects(join(root, key)))) return false;
  for (const other of folderKeys(key, count).slice(1)) {
    await using own = await tryLock(entryLock(root, other));
    // Whoever is building in it has objects there.
    if (own === undefined || (await hasObjects(join(root, other)))) continue;
    await copyObjects(root, key, other);
  }
  return true;
}

async function copyObjects(root: string, from: string, to: string): Promise<void> {
  const { execa } = await import('execa');
  const folder = temporaryFolder(root, to);
  try {
    await mkdir(dirname(folder), { recursive: true });
    // Time stamps to the nanosecond, which make compares; Node rounds them.
    const words = ['--archive', '--reflink=auto', join(root, from), folder];
    const copied = await execa('cp', words, {
      reject: false,
      stdin: 'ignore',
      env: { LC_ALL: 'C' },
    });
    if (copied.failed) throw notCopied(copied.stderr);
    await renamePaths(join(folder, 'out'), `${from}/out`, `${to}/out`);
    // One that was cut off.
    await rm(join(root, to), { recursive: true, force: true });
    await rename(folder, join(root, to));
  } catch (error) {
    throw asStorageError(error, root);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function notCopied(output: string): Error {
  // As `fs` would say it.
  if (output.includes('No space left')) return Object.assign(new Error(output), { code: 'ENOSPC' });
  return new InfraError('the objects of a kernel could not be copied', {
    code: 'COPY_FAILED',
    remedy: 'build one kernel at a time: --jobs 1',
    output,
  });
}

/** How many files at a time. */
const AT_ONCE = 16;

/** kbuild compiles again whatever was compiled by another command, and commands name the folder. */
async function renamePaths(folder: string, before: string, after: string): Promise<void> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  const commands = files.filter((file) => file.isFile() && /\.(cmd|d)$/.test(file.name));
  await pLimit(AT_ONCE).map(commands, async ({ parentPath, name }) => {
    const path = join(parentPath, name);
    const text = await readFile(path, 'latin1');
    if (text.includes(before)) await writeFile(path, text.replaceAll(before, after), 'latin1');
  });
}
