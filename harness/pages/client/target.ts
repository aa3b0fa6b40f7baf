import { placeInAddress } from './address.ts';

/** Opens what the address points into, and goes there even if the address has choices behind it. */
export function openTarget(): void {
  const place = placeInAddress();
  const target = place === '' ? null : document.getElementById(place);
  if (target === null) return;
  for (let fold = target.closest('details'); fold !== null; ) {
    fold.open = true;
    fold = fold.parentElement?.closest('details') ?? null;
  }
  target.scrollIntoView();
}
