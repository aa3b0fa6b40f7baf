import type { Figure } from './figure.ts';

/** What every section is told. */
export interface BenchContext {
  readonly cacheRoot: string;
  /** Name of a kernel in matrix.yaml. */
  readonly kernel: string;
  /** How often whatever is measured by a median is measured. */
  readonly rounds: number;
  /** virtme-ng's command: a path, or a name to be looked for in PATH. */
  readonly vng: string;
}

/**
 * A part of the benchmark. `measure` throws an InfraError if this host lacks something for it; the
 * other sections are measured all the same.
 */
export interface Section {
  readonly name: string;
  /** One line for people. */
  readonly measures: string;
  /** Only measured when it is asked for by its name. */
  readonly isOnDemand?: true;
  measure(context: BenchContext): Promise<readonly Figure[]>;
}
