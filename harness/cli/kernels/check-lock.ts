/** `kmx kernels lock --check`: what has changed since the lock was written. */

import { cacheRoot } from '../../cache/cache-root.ts';
import type { KernelContext } from '../../kernels/kernel-context.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import type { BuildContext } from '../../kernels/source/build-context.ts';
import { compareAgents, compareKernels, type Difference } from '../../lock/compare.ts';
import type { Lock, LockedKernel } from '../../lock/lock.ts';
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
import { findStaleness } from '../staleness/lock-staleness.ts';
import { describeGone, describeMissing, type LockChange } from './check-lock-change.ts';
import { cellsToLock } from './names-to-lock.ts';

export interface CheckLockOptions {
  /** Only what it needs. */
  readonly profile?: string;
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
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
      ({ name, locked, newest }): LockChange => ({
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
): readonly LockChange[] {
  const cells = expandMatrix(matrix);
  const wanted = cellsToLock(matrix, profile);
  const changeOf = (state: LockChange['state'], text: string) => (name: string) => ({
    state,
    name,
    text,
  });
  const changesOf = (
    nameOf: (cell: Cell) => string,
    locked: ReadonlySet<string>,
    others: ReadonlySet<string>,
  ): readonly LockChange[] => [
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

/** The part of a lock that a profile uses; all of it without a profile. */
function partOf(matrix: Matrix, lock: Lock, profile: string | undefined): Lock {
  if (profile === undefined) return lock;
  const cells = cellsToLock(matrix, profile);
  const kernels = new Set(cells.map(buildOf));
  const agents = new Set(cells.map(({ agent }) => agent));
  return {
    kernels: new Map([...lock.kernels].filter(([name]) => kernels.has(name))),
    agents: new Map([...lock.agents].filter(([name]) => agents.has(name))),
  };
}

/** Of the user's own files, which are quick to look at. */
async function findChangedFiles(
  matrix: Matrix,
  lock: Lock,
  context: KernelContext,
): Promise<readonly LockChange[]> {
  const changes: LockChange[] = [];
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
  context: KernelContext,
  source: Parameters<typeof resolveKernel>[1],
): Promise<LockedKernel> {
  return await lockKernel(await resolveKernel(name, source, context));
}

function print(
  { file, lock }: LockOnDisk,
  changes: readonly LockChange[],
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
