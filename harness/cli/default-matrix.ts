/** The matrix file unless `--matrix` or `KMX_MATRIX` names another. */
export const DEFAULT_MATRIX = 'matrix.yaml';
