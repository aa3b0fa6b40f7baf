/**
 * What a reader has chosen is in the address behind `?` in the fragment, after the place on the page:
 * `#config?search=cpuset&all=on`. The rest of an address of a file cannot be changed.
 */
export function readChoice(name: string): string | undefined {
  return choices().get(name) ?? undefined;
}

/** Keeps a choice in the address; undefined removes it. The history gets no entry of its own. */
export function keepChoice(name: string, value: string | undefined): void {
  const kept = choices();
  if (value === undefined) kept.delete(name);
  else kept.set(name, value);
  const query = kept.toString();
  history.replaceState(null, '', `#${placeInAddress()}${query === '' ? '' : `?${query}`}`);
}

export function placeInAddress(): string {
  return location.hash.slice(1).split('?')[0] ?? '';
}

function choices(): URLSearchParams {
  return new URLSearchParams(location.hash.split('?').slice(1).join('?'));
}
