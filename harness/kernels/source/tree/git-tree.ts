/** A commit of a repository of the user's, of which only objects are read. */
import { mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { digestOf } from '../../../cache/digest.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import type { TreeSource } from '../../../matrix/matrix.ts';
import { suggestName } from '../../../matrix/suggest.ts';
import { toLine } from '../../../text.ts';
import { readingArchive } from '../../archive/archive-error.ts';
import type { BuildContext } from '../build-context.ts';
import { noTree, TREE_FILES } from './check-tree.ts';
import { askGit, gitEnvironment, noGit } from './git.ts';
import type { SourceTree } from './source-tree.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackedTree } from './unpacked-tree.ts';

type GitSource = Extract<TreeSource, { kind: 'git' }>;

/** Throws a UsageError if there is no such repository or commit, or it has no kernel sources. */
export async function openGitTree(source: GitSource, context: BuildContext): Promise<SourceTree> {
  const { repository, commit } = source;
  const folder = resolve(repository);
  await checkRepository(folder, repository);
  const found = await findCommit(folder, source);
  const shown = `${repository} at ${commit}`;
  const tree = await askGit(folder, ['rev-parse', '--verify', `${found}^{tree}`]);
  if (tree.kind === 'refused') throw broken(shown, tree.output);
  await checkFiles(folder, found, shown);
  const digits = found.slice(0, 12);
  return unpackedTree(
    {
      digest: digestOf(`git-tree ${tree.text.trim()}`),
      origin: found.startsWith(commit) ? `${repository} at ${digits}` : `${shown} (${digits})`,
      kind: 'git',
      shown,
      unpack: (to) => unpackCommit({ folder, commit: found, shown }, to, context),
    },
    context,
  );
}

async function checkRepository(folder: string, shown: string): Promise<void> {
  const answer = await askGit(folder, ['rev-parse', '--git-dir']);
  if (answer.kind === 'answer') return;
  const said = toLine(answer.output.replace(/^fatal: /, ''));
  throw new UsageError(`${shown}: expected a git repository; git says: ${said}`, {
    code: 'NO_REPOSITORY',
    remedy: 'name a clone of Linux; a folder without .git is a tree:',
  });
}

/** Digits of a commit. */
async function findCommit(folder: string, { repository, commit }: GitSource): Promise<string> {
  const words = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
  const answer = await askGit(folder, words);
  if (answer.kind === 'answer') return answer.text.trim();
  const shallow = await askGit(folder, ['rev-parse', '--is-shallow-repository']);
  const isShallow = shallow.kind === 'answer' && shallow.text.trim() === 'true';
  const names = await askGit(folder, ['for-each-ref', '--format=%(refname:short)']);
  const known = names.kind === 'answer' ? names.text.trim().split('\n') : [];
  const near = suggestName(commit, known);
  const remedies = [
    ...(near === undefined ? [] : [`did you mean ${near}?`]),
    isShallow
      ? `the clone is shallow: git -C ${repository} fetch --unshallow --tags`
      : `name a tag, a branch or digits of a commit; or fetch it: git -C ${repository} fetch --tags`,
  ];
  throw new UsageError(`${repository} has no commit ${toLine(commit)}`, {
    code: 'NO_COMMIT',
    remedy: remedies.join(' '),
  });
}

/** Before everything is unpacked: a wrong repository is a frequent mistake. */
async function checkFiles(folder: string, commit: string, shown: string): Promise<void> {
  const asking = ['ls-tree', '-z', '--name-only', commit, '--', ...TREE_FILES];
  const answer = await askGit(folder, asking);
  if (answer.kind === 'refused') throw broken(shown, answer.output);
  const names = answer.text.split('\0');
  const missing = TREE_FILES.find((file) => !names.includes(file));
  if (missing !== undefined) throw noTree(shown, `a commit without ${missing}`);
}

interface Commit {
  readonly folder: string;
  readonly commit: string;
  readonly shown: string;
}

async function unpackCommit(
  { folder, commit, shown }: Commit,
  to: string,
  { signal, offline = false }: BuildContext,
): Promise<void> {
  const { execa } = await import('execa');
  await mkdir(to);
  const git = execa('git', ['-C', folder, 'archive', '--format=tar', commit], {
    env: gitEnvironment(offline),
    stdin: 'ignore',
    reject: false,
    buffer: { stdout: false },
    ...(signal && { cancelSignal: signal }),
  });
  const words = {
    archive: shown,
    expected: 'the files of a commit',
    remedy: 'git fsck says what is wrong with a repository',
  };
  const unpacking = readingArchive(words, () => unpackTar(untilEnd(git), to, signal));
  const failure = await unpacking.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure !== undefined) git.kill();
  const ended = await git;
  signal?.throwIfAborted();
  if (ended.code === 'ENOENT') throw noGit(folder, ended);
  // git's own error says more than what tar makes of it.
  if (ended.failed && ended.stderr.trim() !== '') throw broken(shown, ended.stderr);
  if (failure !== undefined) throw failure;
  if (ended.failed) throw broken(shown, ended.shortMessage ?? 'git failed');
}

/** What git prints; that it failed is looked at afterwards. */
async function* untilEnd(git: {
  readonly stdout: AsyncIterable<Uint8Array>;
}): AsyncGenerator<Uint8Array> {
  yield* git.stdout;
}

function broken(shown: string, output: string): InfraError {
  return new InfraError(`${shown}: git cannot read all of its files`, {
    code: 'GIT_FAILED',
    remedy: 'run git fsck in the repository; of a partial clone, fetch the rest first',
    output: output.trim().split('\n').slice(-6).join('\n'),
  });
}
