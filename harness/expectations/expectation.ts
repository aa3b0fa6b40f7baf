import type { Verdict } from '../verdict/verdict.ts';

/** Failures that can be known. What was not measured (`miss`) can never be expected. */
export const EXPECTABLE = [
  'kernel-panic',
  'kernel-oops',
  'agent-panic',
  'boot-failure',
  'hang',
  'fail',
  'error',
] as const satisfies readonly Verdict[];

export type ExpectableOutcome = (typeof EXPECTABLE)[number];

/** The cells that an expectation is about; an absent axis stands for all of its values. */
export interface ExpectedWhere {
  /** Names of kernels, or ranges of the release that was booted: `>=6.12 <7.0`. */
  readonly kernel?: readonly string[];
  readonly config?: readonly string[];
  readonly cgroup?: readonly string[];
  readonly agent?: readonly string[];
}

/** One known failure. Plain JSON: it travels in a run's events. */
export interface Expectation {
  /** Where it stands in the file of expectations, from 1. */
  readonly line: number;
  readonly where: ExpectedWhere;
  /** Patterns of tests, see test-pattern.ts; absent: all tests of these cells. */
  readonly tests?: readonly string[];
  readonly outcome: ExpectableOutcome;
  /** Any of these; absent: whatever the signature, which only `fail` and `error` may do. */
  readonly signatures?: readonly string[];
  readonly title?: string;
  readonly reason: string;
  readonly link?: string;
  /** Days, ISO 8601. The last one on which it holds is `expires`. */
  readonly since?: string;
  readonly expires: string;
  readonly owner?: string;
}
