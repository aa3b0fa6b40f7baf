/** The kernels that a bisect of versions may measure, in the order in which it takes them. */

/** A row begins with what was named as good, and ends with what was named as bad. */
export interface VersionRow<T> {
  readonly kernels: readonly T[];
  /** How many at the beginning were named as good: the others replace one that is unclear. */
  readonly good: number;
  /** How many at the end were named as bad. */
  readonly bad: number;
  /** The good ones are the newer ones: the row goes from new to old. */
  readonly isBackwards: boolean;
}

export type RowFault =
  | { readonly kind: 'unknown'; readonly end: 'good' | 'bad' }
  /** They name the same kernels, or some between each other. */
  | { readonly kind: 'overlap' };

/**
 * The kernels from good to bad, both included; backwards if the good ones are the newer ones.
 * @param ordered All kernels there are, the oldest first.
 * @param good A label or its beginning: `6.1` names `6.1.192-3`, not `6.12.1-1`.
 */
export function rowBetween<T extends { readonly label: string }>(
  ordered: readonly T[],
  { good, bad }: { readonly good: string; readonly bad: string },
): VersionRow<T> | RowFault {
  const goods = positionsOf(ordered, good);
  const bads = positionsOf(ordered, bad);
  const [firstGood, lastGood] = [goods[0], goods.at(-1)];
  const [firstBad, lastBad] = [bads[0], bads.at(-1)];
  if (firstGood === undefined || lastGood === undefined) return { kind: 'unknown', end: 'good' };
  if (firstBad === undefined || lastBad === undefined) return { kind: 'unknown', end: 'bad' };
  const ends = { good: goods.length, bad: bads.length };
  if (lastGood < firstBad) {
    return { ...ends, kernels: ordered.slice(firstGood, lastBad + 1), isBackwards: false };
  }
  if (lastBad < firstGood) {
    const kernels = ordered.slice(firstBad, lastGood + 1).reverse();
    return { ...ends, kernels, isBackwards: true };
  }
  return { kind: 'overlap' };
}

function positionsOf(
  ordered: readonly { readonly label: string }[],
  wanted: string,
): readonly number[] {
  const exact = ordered.findIndex(({ label }) => label === wanted);
  if (exact >= 0) return [exact];
  return [...ordered.keys()].filter((position) => {
    const label = ordered[position]?.label ?? '';
    return label.startsWith(wanted) && /^[.~+-]/.test(label.slice(wanted.length));
  });
}
