/** `kmx kernels lock --check`: what has changed since the lock was written. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { listCache } from '../../cache/inventory.ts';
import { findArchive } from '../../debian/find-archive.ts';
import { isInPool } from '../../debian/probe-pool.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import type { BuildContext } from '../../kernels/source/build-context.ts';
import { compareAgents, compareKernels, type Difference } from '../../lock/compare.ts';
import type { Lock, LockedKernel } from '../../lock/lock.ts';
import { findBuild } from '../../matrix/builds.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import { expandMatrix } from '../../matrix/expand.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { shortenDigests } from '../../report/lock-words.ts';
import { renderTable } from '../../reporters/table.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { type LockOnDisk, loadLock } from '../load-lock.ts';
import { lockAgent, lockKernel } from '../lock-entries.ts';
import { select } from '../selection.ts';
import { findStaleness } from '../staleness/lock-staleness.ts';
import type { Staleness } from '../staleness/staleness.ts';
import { findKernelUse, KERNEL_KINDS } from './kernel-use.ts';

export interface CheckLockOptions {
  /** Only what it needs. */
  readonly profile?: string;
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** `gone`: neither list nor pool have it; `unlisted`: the pool still has it. */
type State = 'outdated' | 'unlisted' | 'gone' | 'changed' | 'not locked' | 'not in matrix';

interface Change {
  readonly state: State;
  /** Of the kernel or the agent. */
  readonly name: string;
  readonly text: string;
}

/** Prints every change, and returns 1 if there is any. */
export async function checkLock(matrix: Matrix, options: CheckLockOptions): Promise<number> {
  const loaded = loadLock(matrix.file);
  const { mirror, offline, json } = options;
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const archive = {
    cacheRoot: cacheRoot(process.env),
    onProgress: fetches.onProgress,
    ...omitUndefined({ mirror, offline }),
  };
  const { lock, file } = loaded;
  const part = partOf(matrix, lock, options.profile);
  const listing: BuildContext = {
    ...archive,
    onProgress: (progress) => fetches.onProgress({ ...progress, kernel: 'lists' }),
  };
  const stale = await findStaleness(matrix, part, part.kernels.keys(), listing);
  const { outdated, gone, unknown } = stale;
  const there = await Promise.all(
    stale.missing.map((one) => describeMissing(one, { matrix, lock, archive })),
  );
  const images = await Promise.all(gone.map((one) => describeGone(one, { matrix, lock, archive })));
  const changes = [
    ...namedOtherwise(matrix, lock, options),
    ...outdated.map(
      ({ name, locked, newest }): Change => ({
        ...{ state: 'outdated', name, text: `${locked} → ${newest}` },
      }),
    ),
    ...there,
    ...images,
    ...(await findChangedFiles(matrix, part, archive)),
  ];
  if (json === true) {
    const result = { file, changes, unknown };
    process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  } else print(loaded, changes, unknown);
  if (changes.length > 0) return EXIT_CODES.bad;
  return unknown.length > 0 ? EXIT_CODES.unmeasured : EXIT_CODES.good;
}

function namedOtherwise(
  matrix: Matrix,
  lock: Lock,
  { profile }: CheckLockOptions,
): readonly Change[] {
  const cells = expandMatrix(matrix);
  const wanted = cellsOf(matrix, profile);
  const changeOf = (state: State, text: string) => (name: string) => ({ state, name, text });
  const changesOf = (
    nameOf: (cell: Cell) => string,
    locked: ReadonlySet<string>,
    others: ReadonlySet<string>,
  ): readonly Change[] => [
    ...[...new Set(wanted.map(nameOf)).difference(locked)].map(
      changeOf('not locked', 'the matrix has it'),
    ),
    ...[...locked.difference(new Set(cells.map(nameOf))).difference(others)].map(
      changeOf('not in matrix', 'only the lock has it'),
    ),
  ];
  return [
    // A kernel that none boots may be the base of another one.
    ...changesOf(buildOf, new Set(lock.kernels.keys()), new Set(matrix.kernels.keys())),
    ...changesOf(({ agent }) => agent, new Set(lock.agents.keys()), new Set()),
  ];
}

function cellsOf(matrix: Matrix, profile: string | undefined): readonly Cell[] {
  return profile === undefined ? expandMatrix(matrix) : select(matrix, { profile }).plan.cells;
}

/** The part of a lock that a profile uses; all of it without a profile. */
function partOf(matrix: Matrix, lock: Lock, profile: string | undefined): Lock {
  if (profile === undefined) return lock;
  const cells = cellsOf(matrix, profile);
  const kernels = new Set(cells.map(buildOf));
  const agents = new Set(cells.map(({ agent }) => agent));
  return {
    kernels: new Map([...lock.kernels].filter(([name]) => kernels.has(name))),
    agents: new Map([...lock.agents].filter(([name]) => agents.has(name))),
  };
}

interface Context {
  readonly matrix: Matrix;
  readonly lock: Lock;
  readonly archive: Parameters<typeof resolveKernel>[2];
}

async function describeMissing(
  { name, package: own, file, since }: Staleness['missing'][number],
  { matrix, lock, archive: { cacheRoot: root, mirror, offline } }: Context,
): Promise<Change> {
  const suite = lock.kernels.get(name)?.debian?.suite ?? '';
  const isThere = offline ? undefined : await isInPool(await findArchive(suite, mirror), file);
  const day = since.slice(0, 10);
  if (isThere === false) {
    const kept = await describeKept(matrix, lock, name, root);
    return { state: 'gone', name, text: `${own}: missed since ${day}; ${kept}` };
  }
  const pool = isThere ? 'the pool still has it' : 'whether the pool has it is not known';
  return {
    state: 'unlisted',
    name,
    text: `${own}: not in the list of ${suite} since ${day}; ${pool}`,
  };
}

async function describeGone(
  { name, image, digest, since }: Staleness['gone'][number],
  { matrix, lock, archive }: Context,
): Promise<Change> {
  const kept = await describeKept(matrix, lock, name, archive.cacheRoot);
  const text = `${image}@${digest}: missed since ${since.slice(0, 10)}; ${kept}`;
  return { state: 'gone', name, text };
}

/** Whether a run with this lock still could use a kernel: as it is, or by building it from sources that are there. */
async function describeKept(
  matrix: Matrix,
  lock: Lock,
  name: string,
  root: string,
): Promise<string> {
  const build = findBuild(matrix, name);
  const items = await listCache(root, KERNEL_KINDS);
  const context = { cacheRoot: root, pinOf: (own: string) => lock.kernels.get(own) };
  const uses = build === undefined ? [] : await findKernelUse(matrix, [build], items, context);
  const isKept = uses.some(({ state }) => state === 'kept' || state === 'sources');
  return isKept ? 'this cache has it' : 'this cache does not have it either';
}

/** Of the user's own files, which are quick to look at. */
async function findChangedFiles(
  matrix: Matrix,
  lock: Lock,
  context: Context['archive'],
): Promise<readonly Change[]> {
  const changes: Change[] = [];
  const add = (name: string, [first]: readonly Difference[]): void => {
    if (first === undefined) return;
    const { what, expected = 'nothing', found = 'nothing' } = first;
    changes.push({ state: 'changed', name, text: `${what}: ${expected} → ${found}` });
  };
  for (const [name, locked] of lock.kernels) {
    const source = matrix.kernels.get(name);
    if (source?.kind !== 'path') continue;
    add(name, compareKernels(locked, await lockedNow(name, context, source)));
  }
  for (const [name, locked] of lock.agents) {
    if (!matrix.agents.has(name)) continue;
    const source = namedValue(matrix.agents, name);
    add(name, compareAgents(locked, await lockAgent(source, context.cacheRoot)));
  }
  return changes;
}

async function lockedNow(
  name: string,
  context: Context['archive'],
  source: Parameters<typeof resolveKernel>[1],
): Promise<LockedKernel> {
  return await lockKernel(await resolveKernel(name, source, context));
}

function print(
  { file, lock }: LockOnDisk,
  changes: readonly Change[],
  unknown: readonly string[],
): void {
  const lines = renderTable(
    changes.map(({ state, name, text }) => [state, name, shortenDigests(text)]),
  );
  const what = `${count(lock.kernels.size, 'kernel')}, ${count(lock.agents.size, 'agent')}`;
  const none = unknown.length === 0 ? 'nothing has changed' : 'nothing is known to have changed';
  const end = changes.length === 0 ? none : count(changes.length, 'change');
  const doubts = unknown.map((why) => `cannot tell what is outdated: ${why}`);
  process.stdout.write(`${[...lines, ...doubts, `${file}: ${what}, ${end}`].join('\n')}\n`);
}
