import { targetInAddress } from './address.ts';
import { expandCell, expandCellOf } from './plain-rows.ts';
import { unhideTarget } from './test-filter.ts';

const TARGET = 'is-target';

/** Opens what the address points into, and goes there even if the address has choices behind it. */
export function openTarget(): void {
  const place = targetInAddress();
  const target = place === '' ? null : findPlace(place);
  if (target === null) return;
  unhideTarget(target);
  openFolds(target);
  markTarget(target);
  target.scrollIntoView();
}

function findPlace(place: string): HTMLElement | null {
  if (document.getElementById(place) === null) expandCellOf(place);
  return document.getElementById(place);
}

/** Opens the folds around an element, and those that it is or begins with. */
export function openFolds(target: Element): void {
  const own = target.querySelector(':scope > details');
  const first = own instanceof HTMLDetailsElement ? own : target.closest('details');
  for (let fold: HTMLDetailsElement | null = first; fold !== null; ) {
    // Before its event: what is in it must not move after the reader has been led there.
    if (fold.matches('.cell')) expandCell(fold);
    fold.open = true;
    fold = fold.parentElement?.closest('details') ?? null;
  }
}

/** `:target` does not know places with choices behind them. */
function markTarget(target: Element): void {
  for (const before of document.getElementsByClassName(TARGET)) before.classList.remove(TARGET);
  target.classList.add(TARGET);
}
