import type { Way } from './advice.ts';
import type { ComparedRun } from './compared-run.ts';
import { failuresOf } from './failures.ts';
import { NO_KNOWLEDGE } from './knowledge.ts';
import { findWays } from './ways.ts';

/** What helps an agent, as a run's own cells have shown. */
export interface ShortAdvice {
  readonly agent: string;
  /** So many of its cells fail. */
  readonly failing: number;
  /** Those that are proven, the one that helps the most cells first; at least one. */
  readonly ways: readonly Way[];
}

/** Advice that needs nothing but a run's results. */
export function shortAdvice({ cells }: Pick<ComparedRun, 'cells'>): readonly ShortAdvice[] {
  const failing = cells.filter((cell) => failuresOf(cell).length > 0);
  const byAgent = Map.groupBy(failing, ({ agent }) => agent);
  return [...byAgent].flatMap(([agent, own]) => {
    const { ways } = findWays(own, cells, { knowledge: NO_KNOWLEDGE });
    const proven = ways
      .filter((way) => way.proven.length > 0)
      .toSorted((one, other) => other.proven.length - one.proven.length);
    return proven.length === 0 ? [] : [{ agent, failing: own.length, ways: proven }];
  });
}
