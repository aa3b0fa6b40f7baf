/**
 * What a reader has chosen is in the address behind `?` in the fragment, after the place on the page:
 * `#config?search=cpuset&all=on`. The rest of an address of a file cannot be changed.
 */
export function readChoice(name: string): string | undefined {
  return choices().get(name) ?? undefined;
}

export function hasChoices(): boolean {
  return location.hash.includes('?');
}

/** Keeps a choice in the address; undefined removes it. The history gets no entry of its own. */
export function keepChoice(name: string, value: string | undefined): void {
  keepChoices({ [name]: value });
}

/** The same for some choices. */
export function keepChoices(values: Readonly<Record<string, string | undefined>>): void {
  const kept = choices();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) kept.delete(name);
    else kept.set(name, value);
  }
  history.replaceState(null, '', addressOf(placeInAddress(), kept));
}

/** As it is in the address, that is, with its parts escaped. */
export function placeInAddress(): string {
  return location.hash.slice(1).split('?')[0] ?? '';
}

/** The id of the element that the address leads to. */
export function targetInAddress(): string {
  const place = placeInAddress();
  try {
    return decodeURIComponent(place);
  } catch {
    // Not ours: no escape that we make is broken.
    return place;
  }
}

/** Goes to a place without scrolling there, and keeps the choices. Back leads to where the reader was. */
export function goTo(place: string): void {
  if (place !== placeInAddress()) history.pushState(null, '', addressOf(place, choices()));
}

/** The same without an entry of its own in the history. */
export function moveTo(place: string): void {
  history.replaceState(null, '', addressOf(place, choices()));
}

function addressOf(place: string, kept: URLSearchParams): string {
  const query = kept.toString();
  return `#${place}${query === '' ? '' : `?${query}`}`;
}

function choices(): URLSearchParams {
  return new URLSearchParams(location.hash.split('?').slice(1).join('?'));
}
