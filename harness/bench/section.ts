import type { Figure } from './figure.ts';

/** What every section gets. */
export interface BenchContext {
  readonly cacheRoot: string;
  /** Name of a kernel in matrix.yaml. */
  readonly kernel: string;
  /** How often to measure what is reported as a median. */
  readonly rounds: number;
  /** virtme-ng's command: a path, or a name to look up in PATH. */
  readonly vng: string;
}

/**
 * A part of the benchmark. `measure` throws an InfraError if this host lacks something for it; the
 * other sections are measured anyway.
 */
export interface Section {
  readonly name: string;
  /** One line for people. */
  readonly measures: string;
  /** Only measured if named. */
  readonly isOnDemand?: true;
  measure(context: BenchContext): Promise<readonly Figure[]>;
}
