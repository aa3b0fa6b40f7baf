/**
 * Finds a change that turns the answer, with whatever is changed beside it: delta debugging's `dd` (Zeller
 * and Hildebrandt 2002), which lets one end grow and the other shrink and works around configurations
 * that are unclear. Here pieces are cut by likelihood and closed under what Kconfig requires.
 */
import type { Arrangement, Unit } from './arrangement.ts';
import type { ChangeSet, Probe } from './probe.ts';
import { isBetween, type Span } from './sets.ts';

export interface SearchOptions {
  readonly probe: Probe;
  readonly arrangement: Arrangement;
  /**
   * How many configurations in a row may be unclear before the rest counts as one change; absent: depends
   * on the number of changes.
   */
  readonly patience?: number;
}

export interface Isolated extends Span {
  /** More than one unit is left, and no configuration tells them apart. */
  readonly isBlock: boolean;
}

/** Each definite answer makes the span smaller, so it ends. */
export async function isolate(start: Span, options: SearchOptions): Promise<Isolated> {
  const { arrangement } = options;
  let span = start;
  let pieces = 2;
  let unclear = 0;
  const patience = options.patience ?? patienceFor(unitsBetween(span, arrangement).length);
  for (;;) {
    const units = unitsBetween(span, arrangement);
    if (units.length < 2) return { ...span, isBlock: false };
    const { narrowed, wasted } = await narrow(span, pieces, options, patience - unclear);
    unclear = narrowed === undefined ? unclear + wasted : 0;
    if (narrowed !== undefined) {
      span = narrowed;
      pieces = 2;
    } else if (pieces >= units.length || unclear >= patience) {
      return { ...span, isBlock: true };
    } else pieces = Math.min(2 * pieces, units.length);
  }
}

/** As often as it takes to find one of them, and a little more. */
function patienceFor(units: number): number {
  return 2 * Math.ceil(Math.log2(Math.max(units, 2))) + 4;
}

export function unitsBetween({ base, top }: Span, { units }: Arrangement): readonly Unit[] {
  return units.filter(({ changes }) =>
    changes.some((change) => top.has(change) && !base.has(change)),
  );
}

interface Narrowed {
  readonly narrowed?: Span;
  /** Unclear configurations. */
  readonly wasted: number;
}

async function narrow(
  span: Span,
  pieces: number,
  { probe, arrangement }: SearchOptions,
  patience: number,
): Promise<Narrowed> {
  const units = unitsBetween(span, arrangement);
  let wasted = 0;
  for (const candidate of candidates(span, cutInto(units, pieces), arrangement)) {
    const configured = await probe.configure(candidate);
    if (!isBetween(configured.changes, span)) continue;
    const before = probe.unclear;
    const answer = await probe.ask(configured, units.length);
    if (answer === 'yes') return { narrowed: { ...span, top: configured.changes }, wasted };
    if (answer === 'no') return { narrowed: { ...span, base: configured.changes }, wasted };
    wasted += probe.unclear - before;
    if (wasted >= patience) break;
  }
  return { wasted };
}

/**
 * Beginnings first, since nothing has to be added to them; then each piece alone, and all but each
 * piece, for changes that tell something only together.
 */
function* candidates(
  { base, top }: Span,
  pieces: readonly (readonly Unit[])[],
  { closed, dependents }: Arrangement,
): Generator<ChangeSet> {
  const changesOf = (units: readonly Unit[]): readonly string[] =>
    units.flatMap(({ changes }) => changes).filter((change) => top.has(change));
  for (let count = 1; count < pieces.length; count += 1) {
    yield base.union(new Set(changesOf(pieces.slice(0, count).flat())));
  }
  for (const piece of pieces) yield base.union(closed(changesOf(piece)).intersection(top));
  for (const piece of pieces) {
    const removed = changesOf(piece).filter((change) => !base.has(change));
    yield top.difference(dependents(removed)).union(base);
  }
}

/** Two halves of the same likelihood, or that many pieces of the same number. */
function cutInto(units: readonly Unit[], pieces: number): readonly (readonly Unit[])[] {
  if (pieces === 2) {
    const cut = middleOf(units);
    return [units.slice(0, cut), units.slice(cut)];
  }
  return Array.from({ length: pieces }, (_, index) =>
    units.slice(
      Math.round((index * units.length) / pieces),
      Math.round(((index + 1) * units.length) / pieces),
    ),
  );
}

/** Where to cut so that both sides weigh the same as nearly as possible. */
function middleOf(units: readonly Unit[]): number {
  const total = units.reduce((sum, { weight }) => sum + weight, 0);
  let best = { cut: 1, excess: Infinity };
  let left = 0;
  units.slice(0, -1).forEach(({ weight }, index) => {
    left += weight;
    const excess = Math.abs(total - 2 * left);
    // Sums of the same weights differ in their last digits.
    if (excess < best.excess - 1e-9) best = { cut: index + 1, excess };
  });
  return best.cut;
}
