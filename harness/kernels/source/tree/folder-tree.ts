/** A folder of the user's, used where it is. */
import { existsSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UsageError } from '../../../errors.ts';
import type { TreeSource } from '../../../matrix/matrix.ts';
import type { BuildContext } from '../build-context.ts';
import { changingFolder } from './changing-folder.ts';
import { checkTree, noTree } from './check-tree.ts';
import { digestFolder } from './digest-folder.ts';
import { describeWorkTree, digestWorkTree, findWorkTree } from './git-work-tree.ts';
import type { SourceTree } from './source-tree.ts';

/** Throws a UsageError if there are no sources of Linux, or some cannot be read. */
export async function openFolderTree(
  { path }: Extract<TreeSource, { kind: 'folder' }>,
  context: BuildContext,
): Promise<SourceTree> {
  const folder = await findFolder(path);
  const version = await checkTree(folder, path);
  const identity = await identify(folder, path, context);
  return {
    digest: identity.digest,
    origin: identity.origin,
    ...(identity.isWorkTree ? { changing: changingFolder(folder) } : {}),
    open: async () => {
      checkClean(folder, path);
      return { folder, version };
    },
    confirm: async () => {
      const now = await identify(folder, path, context);
      if (now.digest !== identity.digest) throw hasChanged(path);
    },
  };
}

async function findFolder(path: string): Promise<string> {
  try {
    const folder = await realpath(resolve(path));
    if (!(await stat(folder)).isDirectory()) {
      throw noTree(path, 'a file', { remedy: `if it is an archive, write tarball: ${path}` });
    }
    return folder;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw noTree(path, 'no such folder', { cause: error });
    if (code === 'EACCES' || code === 'ELOOP') throw noTree(path, message, { cause: error });
    throw error;
  }
}

async function identify(folder: string, path: string, context: BuildContext) {
  const workTree = await findWorkTree(folder);
  if (workTree === undefined) {
    const digest = await digestFolder(folder, path, context);
    return { digest, origin: `tree ${path}`, isWorkTree: false };
  }
  const digest = await digestWorkTree(workTree);
  return { digest, origin: describeWorkTree(path, workTree), isWorkTree: true };
}

/** What Kbuild looks for (`outputmakefile` in the kernel's Makefile) before it builds elsewhere. */
const BUILT = ['.config', 'include/config', 'arch/x86/include/generated'];

function checkClean(folder: string, path: string): void {
  const found = BUILT.filter((name) => existsSync(join(folder, name)));
  if (found.length === 0) return;
  throw new UsageError(
    `${path}: expected clean sources, as kernels are built elsewhere; found ${found.join(' and ')}`,
    {
      code: 'TREE_NOT_CLEAN',
      remedy:
        `make -C ${path} mrproper, which removes your .config there, too; or build a commit of it: ` +
        `git: { repository: ${path}, commit: HEAD }`,
    },
  );
}

function hasChanged(path: string): UsageError {
  return new UsageError(`${path} has changed while a kernel was built from it`, {
    code: 'TREE_CHANGED',
    remedy: 'run again, and let it be until the kernel is built; or build a commit, with git:',
  });
}
