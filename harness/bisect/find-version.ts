/** Finds where a test begins to fail, in a row of kernels that was good at first and is bad in the end. */
import { halvings } from './halvings.ts';
import type { Outcome } from './outcome.ts';

/** Positions in the row. */
export interface VersionRange {
  /** The last one that is known to be good. */
  readonly good: number;
  /** The first one that is known to be bad. */
  readonly bad: number;
  /** Unclear ones in between; empty: `bad` is the first one that fails. */
  readonly unclear: readonly number[];
}

export interface VersionSearch {
  /** What a kernel in between is; called at most once for each. */
  readonly measure: (position: number, range: VersionRange) => Promise<Outcome>;
  /** Known from before, by position: these are not measured. */
  readonly known?: ReadonlyMap<number, Outcome>;
}

/**
 * Halves the range until only unclear kernels are left in it. An unclear kernel is skipped, and the one
 * nearest to the middle is tried next. If the row changes several times, one of the changes is
 * found.
 * @param count Length of the row: its first kernel is good, its last one bad; at least 2.
 */
export async function findVersion(
  count: number,
  { measure, known = new Map() }: VersionSearch,
): Promise<VersionRange> {
  let range: VersionRange = { good: 0, bad: count - 1, unclear: [] };
  for (;;) {
    const next = nextPosition(range);
    if (next === undefined) return range;
    const outcome = known.get(next) ?? (await measure(next, range));
    range = narrow(range, next, outcome);
  }
}

/** The position nearest to the middle that can still be tried; of two the earlier one. */
function nextPosition({ good, bad, unclear }: VersionRange): number | undefined {
  const passedOver = new Set(unclear);
  const middle = (good + bad) / 2;
  let best: number | undefined;
  for (let position = good + 1; position < bad; position++) {
    if (passedOver.has(position)) continue;
    const isNearer = best === undefined || Math.abs(position - middle) < Math.abs(best - middle);
    if (isNearer) best = position;
  }
  return best;
}

function narrow(range: VersionRange, position: number, outcome: Outcome): VersionRange {
  switch (outcome) {
    case 'good':
      return within({ ...range, good: position });
    case 'bad':
      return within({ ...range, bad: position });
    case 'unclear':
      return within({ ...range, unclear: [...range.unclear, position] });
  }
}

/** What is unclear outside of the range does not matter any more. */
function within({ good, bad, unclear }: VersionRange): VersionRange {
  const inside = unclear.filter((position) => good < position && position < bad);
  return { good, bad, unclear: inside.sort((one, other) => one - other) };
}

/** How many more kernels are measured, at most, if none of them is unclear. */
export function versionStepsLeft({ good, bad, unclear }: VersionRange): number {
  // Each that is left may be the first bad one, or none of them is.
  return halvings(bad - good - unclear.length);
}
