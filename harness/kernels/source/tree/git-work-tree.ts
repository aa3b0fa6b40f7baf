/** What identifies the files of a git work tree: its commit, and what differs from it. */
import { lstat, readlink, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { digestFile, digestOf } from '../../../cache/digest.ts';
import { count } from '../../../phrases.ts';
import { askGit } from './git.ts';

export interface WorkTree {
  readonly folder: string;
  /** Digits of its commit. */
  readonly commit: string;
  /** Paths of files that are changed, removed or new; those that git ignores are not among them. */
  readonly changed: readonly string[];
}

/** How many files at a time. */
const AT_ONCE = 16;

/** Undefined if the folder is not the top of a git work tree, or that has no commit. */
export async function findWorkTree(folder: string): Promise<WorkTree | undefined> {
  const top = await askGit(folder, ['rev-parse', '--show-toplevel']);
  if (top.kind === 'refused' || (await realpath(top.text.trimEnd())) !== folder) return undefined;
  const head = await askGit(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}']);
  if (head.kind === 'refused') return undefined;
  const asking = ['status', '--porcelain=v1', '-z', '--untracked-files=all', '--no-renames'];
  const status = await askGit(folder, asking);
  if (status.kind === 'refused') return undefined;
  const changed = status.text.split('\0').filter((line) => line !== '');
  return {
    folder,
    commit: head.text.trim(),
    // `XY PATH`: what has happened to it, in the index and beside it.
    changed: changed.map((line) => line.slice(3)),
  };
}

export async function digestWorkTree({ folder, commit, changed }: WorkTree): Promise<string> {
  const limit = pLimit(AT_ONCE);
  const lines = await limit.map([...changed], async (path) => [path, await describe(folder, path)]);
  return digestOf(JSON.stringify(['git', commit, ...lines]));
}

async function describe(folder: string, path: string): Promise<string> {
  const file = join(folder, path);
  try {
    const stats = await lstat(file);
    if (stats.isSymbolicLink()) return `link ${await readlink(file)}`;
    if (stats.isFile()) return `${stats.mode & 0o111 ? 'x' : '-'} ${await digestFile(file)}`;
    // A repository in this one, as far as git says.
    return 'folder';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'removed';
    throw error;
  }
}

/** `tree ../linux at 0123456789ab, 2 files changed` */
export function describeWorkTree(path: string, { commit, changed }: WorkTree): string {
  const difference = changed.length === 0 ? '' : `, ${count(changed.length, 'file')} changed`;
  return `tree ${path} at ${commit.slice(0, 12)}${difference}`;
}
