/** What is predicted of a cell before it boots: a value that travels in a run's events. */
import type { Consequence } from './agent-needs.ts';

export interface Prediction {
  /** The entry of `needs/` that is about the cell's agent. */
  readonly needs: string;
  /** What the agent will lack; of several about one test the first counts. */
  readonly lacks: readonly PredictedLack[];
  /** Patterns of tests that will be skipped for want of a feature. */
  readonly skips: readonly PredictedSkip[];
  /** Patterns of tests about which nothing is predicted: what they depend on is not known. */
  readonly open: readonly string[];
  /** Patterns of tests that some releases of the agent fail on any kernel. */
  readonly faults: readonly string[];
}

export interface PredictedLack {
  readonly feature: string;
  readonly without: Consequence;
  /** One line: `CPUSETS_V1 is not set (split from CPUSETS in 6.12, and off by default)`. */
  readonly because: string;
  /** Patterns, as in expectations; none: no scenario would notice. */
  readonly tests: readonly string[];
}

export interface PredictedSkip {
  readonly feature: string;
  readonly because: string;
  readonly tests: readonly string[];
}
