/** `run --locked`: a run uses what its lock names, or does not begin. */
import { InfraError, UsageError } from '../errors.ts';
import { pinnedChoice } from '../kernels/debian/pinned-kernel.ts';
import type { OtherBuild } from '../kernels/source/pin-build.ts';
import { compareAgents, compareKernels, type Difference } from '../lock/compare.ts';
import type { LockedKernel } from '../lock/lock.ts';
import { buildOf } from '../matrix/cell.ts';
import { type DebianSource, type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import type { Problem } from '../matrix/problem.ts';
import { listWords } from '../matrix/problem.ts';
import { renderProblems } from '../matrix/render-problems.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { LockOnDisk } from './load-lock.ts';
import { lockAgent, lockKernel } from './lock-entries.ts';

/** Before anything is fetched or built. Throws a UsageError that points at kernels that the matrix no longer asks for. */
export function checkAsked(loaded: LockOnDisk, { kernels }: Matrix, { cells }: Plan): void {
  const { file, text, lock, placeOf } = loaded;
  const names = [...new Set(cells.map(({ kernel }) => kernel))];
  const problems = names.flatMap((name): readonly Problem[] => {
    const source = namedValue(kernels, name);
    const locked = lock.kernels.get(name);
    const isPackaged = source.kind === 'debian-series' || source.kind === 'debian-package';
    if (!isPackaged || locked === undefined) return [];
    const message = whyNotAsked(source, locked);
    if (message === undefined) return [];
    return [{ code: 'CONFLICT', message, ...placeOf(['kernels', name, 'debian']) }];
  });
  if (problems.length === 0) return;
  throw new UsageError(
    `the matrix asks for kernels other than those in ${file}; nothing was booted`,
    {
      code: 'LOCK_OTHER_SOURCE',
      output: renderProblems(text, problems, { file }),
      remedy: `restore the matrix, or renew the lock: kmx kernels lock --update ${names.join(' ')}`,
    },
  );
}

function whyNotAsked(source: DebianSource, locked: LockedKernel): string | undefined {
  try {
    pinnedChoice(source, locked);
    return undefined;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
}

/** Before anything is fetched. Throws a UsageError if a cell has something that the lock does not name. */
export function checkNamed({ file, lock }: LockOnDisk, { cells }: Plan): void {
  const kernels = new Set(cells.map(buildOf)).difference(new Set(lock.kernels.keys()));
  const agents = new Set(cells.map(({ agent }) => agent)).difference(new Set(lock.agents.keys()));
  const lacking = [
    ...[...kernels].map((name) => `the kernel ${name}`),
    ...[...agents].map((name) => `the agent ${name}`),
  ];
  if (lacking.length === 0) return;
  const names = [...kernels, ...agents].join(' ');
  throw new UsageError(`${file} does not name ${listWords(lacking, 'and')}; nothing was booted`, {
    code: 'NOT_LOCKED',
    remedy: `add it: kmx kernels lock --update ${names}`,
  });
}

export interface LockedRun {
  readonly matrix: Matrix;
  readonly plan: Plan;
  /** Kernels that are not available are no difference: their cells are misses. */
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
}

/** Throws a UsageError that points at everything in the lock that is not what would be used. */
export async function checkLocked(loaded: LockOnDisk, run: LockedRun): Promise<void> {
  const { lock } = loaded;
  const { matrix, plan, kernels, cacheRoot } = run;
  const problems: Problem[] = [];
  const names: string[] = [];
  const add = (axis: string, name: string, [first]: readonly Difference[]): void => {
    if (first === undefined) return;
    names.push(name);
    problems.push(problemOf(loaded, [axis, name], first));
  };
  for (const [name, kernel] of kernels) {
    const locked = lock.kernels.get(name);
    if (locked === undefined || kernel instanceof InfraError) continue;
    add('kernels', name, compareKernels(locked, await lockKernel(kernel)));
  }
  for (const name of new Set(plan.cells.map(({ agent }) => agent))) {
    const locked = lock.agents.get(name);
    if (locked === undefined) continue;
    const found = await lockAgent(namedValue(matrix.agents, name), cacheRoot);
    add('agents', name, compareAgents(locked, found));
  }
  if (problems.length > 0) throw lockDiffers(loaded, problems, names);
}

/** A kernel that would be built from something else than the lock names, with the place in the lock. */
export function pointAtBuild(
  loaded: LockOnDisk,
  { kernel, locked, found }: OtherBuild,
): UsageError {
  // Its digests are only known once it is built.
  const entryOf = ({ inputs }: OtherBuild['found']): LockedKernel => ({
    ...{ release: '', digest: '' },
    ...omitUndefined({ inputs }),
  });
  const differences = compareKernels(entryOf(locked), entryOf(found));
  const problems = differences.map((one) => problemOf(loaded, ['kernels', kernel], one));
  return lockDiffers(loaded, problems, [kernel]);
}

function lockDiffers(
  { file, text }: LockOnDisk,
  problems: readonly Problem[],
  names: readonly string[],
): UsageError {
  const sorted = problems.toSorted((one, other) => one.start - other.start);
  return new UsageError(`what is there differs from ${file}; nothing was booted`, {
    code: 'LOCK_DIFFERS',
    output: renderProblems(text, sorted, { file }),
    remedy: `restore what the lock names, or accept what is there: kmx kernels lock --update ${names.join(' ')}`,
  });
}

function problemOf(
  { placeOf }: LockOnDisk,
  [axis, name]: readonly [string, string],
  { path, what, expected = 'nothing', found = 'nothing' }: Difference,
): Problem {
  const message = `${axis.slice(0, -1)} ${name}: ${what} is not the one that the lock names`;
  return { code: 'CONFLICT', message, ...placeOf([axis, name, ...path]), expected, found };
}
