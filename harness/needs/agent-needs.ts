import type { AgentKind, CgroupMode } from '../matrix/cell.ts';

/** What an agent does without a feature that it needs. */
export const CONSEQUENCES = [
  /** It does not come up. */
  'does-not-start',
  /** It panics, and the call gets no answer. */
  'panics',
  /** Calls return errors that say little. */
  'fails',
  /** What was asked for does not happen, and nobody says so. */
  'drops',
  /** Calls return an error that says why. */
  'refuses',
  /** It does the same in another way. */
  'falls-back',
] as const;

export type Consequence = (typeof CONSEQUENCES)[number];

/** Whether something is missing for users, and not only done in another way. */
export function isLoss(consequence: Consequence): boolean {
  return consequence !== 'falls-back';
}

/** One thing that an agent needs of a kernel in some cgroup modes. */
export interface Need {
  /** A feature's fact. */
  readonly feature: string;
  readonly cgroups: readonly CgroupMode[];
  readonly without: Consequence;
  /** One sentence: what a user will see. */
  readonly what: string;
  /** Where in the agent's source. */
  readonly place?: string;
  /** Patterns of tests that go wrong for want of it; of several needs about one test the first counts. */
  readonly tests: readonly string[];
  readonly source: string;
}

/** What an agent gets wrong on any kernel, in some of its releases. */
export interface AgentFault {
  readonly tests: readonly string[];
  readonly reason: string;
  readonly source: string;
}

/** Which agents of a matrix an entry is about. */
export interface AgentMatch {
  readonly agents?: readonly string[];
  readonly kind?: AgentKind;
  readonly guard?: 'on' | 'off';
}

/** All that one agent needs. */
export interface AgentNeeds {
  /** For `kmx check --agent`. */
  readonly name: string;
  readonly title: string;
  /** Absent: about no agent of a matrix. */
  readonly match?: AgentMatch;
  readonly needs: readonly Need[];
  readonly faults: readonly AgentFault[];
}
