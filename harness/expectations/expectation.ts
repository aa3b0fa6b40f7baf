import type { Verdict } from '../verdict/verdict.ts';

/** A cell that came up, and none of whose tests could measure anything. */
export const NOTHING_RAN_OUTCOME = 'nothing-ran';

/**
 * The failures that can be expected. What was not measured (`miss`) never can, but that a cell
 * measures nothing at all can be.
 */
export const EXPECTABLE = [
  'kernel-panic',
  'kernel-oops',
  'agent-panic',
  'boot-failure',
  'hang',
  'fail',
  'error',
  NOTHING_RAN_OUTCOME,
] as const satisfies readonly (Verdict | typeof NOTHING_RAN_OUTCOME)[];

export type ExpectableOutcome = (typeof EXPECTABLE)[number];

/** The cells that an expectation is about; an absent axis stands for all of its values. */
export interface ExpectedWhere {
  /** Names of kernels, or ranges of the release that was booted: `>=6.12 <7.0`. */
  readonly kernel?: readonly string[];
  readonly config?: readonly string[];
  readonly cgroup?: readonly string[];
  readonly agent?: readonly string[];
  readonly machine?: readonly string[];
}

/** One known failure. Plain JSON: it travels in a run's events. */
export interface Expectation {
  /** Its line in the file of expectations, from 1. */
  readonly line: number;
  /** What `kmx reproduce` calls it. */
  readonly name?: string;
  readonly where: ExpectedWhere;
  /** Patterns of tests, see test-pattern.ts; absent: all tests of these cells. */
  readonly tests?: readonly string[];
  readonly outcome: ExpectableOutcome;
  /** Any of these; absent: any signature, which only `fail` and `error` allow. */
  readonly signatures?: readonly string[];
  readonly title?: string;
  readonly reason: string;
  readonly link?: string;
  /** Days, ISO 8601. `expires` is the last day on which it holds. */
  readonly since?: string;
  readonly expires: string;
  readonly owner?: string;
}
