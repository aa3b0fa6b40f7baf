import { basename, dirname, extname, join } from 'node:path';

/** The matrix file unless `--matrix` or `KMX_MATRIX` names another. */
export const DEFAULT_MATRIX = 'matrix.yaml';

/** Where the expectations of a matrix are, unless `--expectations` says otherwise. */
export function expectationsBeside(matrixFile: string): string {
  return join(dirname(matrixFile), 'expectations.yaml');
}

/** Where the lock of a matrix is: `matrix.lock.yaml`. */
export function lockBeside(matrixFile: string): string {
  const name = basename(matrixFile, extname(matrixFile));
  return join(dirname(matrixFile), `${name}.lock.yaml`);
}
