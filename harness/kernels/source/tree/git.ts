/** git, as far as sources of kernels are read with it. Nothing is written to a repository. */
import { InfraError } from '../../../errors.ts';

export type GitAnswer =
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'refused'; readonly output: string };

/** Of an answer: `git status` in a tree with every file changed prints 8 MiB. */
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Neither refreshes the index nor asks anybody for a password, and reads the repository of the folder, even
 * inside of `git bisect run` or a hook.
 */
const QUIET = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
  GIT_DIR: undefined,
  GIT_WORK_TREE: undefined,
  GIT_INDEX_FILE: undefined,
  GIT_PREFIX: undefined,
};

/** With `offline`, what a partial clone lacks is not fetched. */
export function gitEnvironment(offline: boolean): Readonly<Record<string, string | undefined>> {
  return offline ? { ...QUIET, GIT_NO_LAZY_FETCH: '1' } : QUIET;
}

/** Runs git in a folder. Throws an InfraError if the host has none. */
export async function askGit(
  folder: string,
  words: readonly string[],
  offline = false,
): Promise<GitAnswer> {
  const { execa } = await import('execa');
  const ended = await execa('git', ['-C', folder, ...words], {
    env: gitEnvironment(offline),
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
    maxBuffer: ANSWER_BYTES_MAX,
  });
  if (ended.code === 'ENOENT') throw noGit(folder, ended);
  return ended.failed
    ? { kind: 'refused', output: ended.stderr.trim() }
    : { kind: 'answer', text: ended.stdout };
}

export function noGit(folder: string, cause: unknown): InfraError {
  return new InfraError(`git is not installed, but needed to read ${folder}`, {
    code: 'NO_GIT',
    remedy: 'apt-get install git',
    cause,
  });
}
