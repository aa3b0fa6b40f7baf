export interface LeastOptions {
  /** The lowest that is tried. */
  readonly lowest: number;
  /** With which it is shown. */
  readonly known: number;
  /** The result is a multiple of it, unless it is `known` itself. */
  readonly step: number;
  /** Never called twice with the same number. */
  readonly isShown: (number: number) => Promise<boolean>;
  readonly onLess?: (number: number) => void;
}

/**
 * The least number with which something is still shown, if more never hides it: halves as long as it is shown, then
 * searches between the last number that shows it and the first that does not. One step less was tried and does
 * not show it, unless that is below the lowest.
 */
export async function findLeast(options: LeastOptions): Promise<number> {
  const { lowest, known, step, isShown, onLess } = options;
  /** In steps. It is shown with `enough`, and taken not to be with `tooFew`. */
  let enough = Math.ceil(known / step);
  let least = known;
  let tooFew = Math.ceil(lowest / step) - 1;
  let hasFailed = false;
  while (enough - tooFew > 1) {
    const half = hasFailed ? tooFew + Math.floor((enough - tooFew) / 2) : Math.floor(enough / 2);
    const next = Math.max(tooFew + 1, half);
    if (await isShown(next * step)) {
      enough = next;
      least = next * step;
      onLess?.(least);
    } else {
      tooFew = next;
      hasFailed = true;
    }
  }
  return least;
}
