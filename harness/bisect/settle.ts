/** When a step of a bisect has been measured often enough. */
import type { Outcome } from './outcome.ts';
import type { Told } from './tell-outcome.ts';

export interface RepeatRule {
  /** How many passes make a step good. */
  readonly passes: number;
  /** A step is measured at most this often; at least `passes`. */
  readonly most: number;
}

/** How often a failure, or an unclear outcome, must be seen before it is believed. */
const CONFIRMED = 2;

/**
 * The result of all measurements of a step; undefined: it must be measured again. A failure counts more
 * than passes, since a flaky test passes, too, but nothing fails with the wanted signature by chance:
 *
 * - bad, once it was bad twice
 * - good, once it was good `passes` times and never bad
 * - unclear, once it was unclear twice and never bad
 * - else, after `most` measurements: bad if it was bad once, and otherwise unclear
 */
export function settle(measured: readonly Told[], { passes, most }: RepeatRule): Told | undefined {
  const final = measured.find(({ fault }) => fault !== undefined);
  if (final !== undefined) return final;
  const of = (outcome: Outcome): readonly Told[] =>
    measured.filter((told) => told.outcome === outcome);
  const [good, bad, unclear] = [of('good'), of('bad'), of('unclear')];
  const isOver = measured.length >= most;
  const [firstBad, firstGood, firstUnclear] = [bad[0], good[0], unclear[0]];
  if (firstBad !== undefined) {
    if (bad.length < CONFIRMED && !isOver) return undefined;
    return bad.length === measured.length ? firstBad : flaky(firstBad, bad, measured);
  }
  if (firstGood !== undefined && good.length >= passes) return firstGood;
  if (firstUnclear !== undefined && unclear.length >= CONFIRMED) return firstUnclear;
  return isOver ? firstUnclear : undefined;
}

function flaky(told: Told, same: readonly Told[], measured: readonly Told[]): Told {
  return { ...told, why: `${told.why} (in ${same.length} of ${measured.length} measurements)` };
}
