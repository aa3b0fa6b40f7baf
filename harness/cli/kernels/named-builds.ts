/** The kernels that commands are told to fetch or to build. */
import { UsageError } from '../../errors.ts';
import { canBeBuilt, findBuild, type KernelBuild, kernelBuilds } from '../../matrix/builds.ts';
import { expandMatrix } from '../../matrix/expand.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { listWords, quote } from '../../matrix/problem.ts';
import { suggestName } from '../../matrix/suggest.ts';

/** As cells boot them, in the order of the file; those that no cell boots are last. */
export function matrixBuilds(matrix: Matrix): readonly KernelBuild[] {
  const builds = kernelBuilds(matrix, expandMatrix(matrix));
  const booted = new Set(builds.map(({ kernel }) => kernel));
  return [...builds, ...plainBuilds(matrix).filter(({ kernel }) => !booted.has(kernel))];
}

/** Whether kmx builds it, or would if the packaged kernel does not have what is requested. */
export function mayBeBuilt({ source, request }: KernelBuild): boolean {
  return source.kind === 'source' || (request !== undefined && canBeBuilt(source));
}

/** Each kernel of the matrix by itself, without what configs ask for. */
export function plainBuilds({ kernels }: Pick<Matrix, 'kernels'>): readonly KernelBuild[] {
  return [...kernels].map(([name, source]) => ({ name, kernel: name, source }));
}

/**
 * Kernels by name: `debian-6.12`, `source-6.12+v1-on`; without any name, those of the matrix. Throws a UsageError
 * for an unknown name.
 */
export function namedBuilds(matrix: Matrix, names: readonly string[]): readonly KernelBuild[] {
  if (names.length === 0) return matrixBuilds(matrix);
  return [...new Set(names)].map((name) => {
    const found = findBuild(matrix, name);
    if (found !== undefined) return found;
    throw unknownName(name, matrix);
  });
}

function unknownName(name: string, matrix: Matrix): UsageError {
  const builds = matrixBuilds(matrix).map((build) => build.name);
  const known = [...new Set([...builds, ...matrix.kernels.keys()])];
  const near = suggestName(name, known);
  return new UsageError(`the matrix has no kernel ${quote(name)}`, {
    code: 'KERNEL_UNKNOWN',
    remedy: near === undefined ? `it has ${listWords(known, 'and')}` : `did you mean ${near}?`,
  });
}
