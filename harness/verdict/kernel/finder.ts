/** What looks for the place in the messages of a report. */
export interface PlaceFinder {
  add(message: string): void;
  readonly place: string | undefined;
}

/** A class, since an object with a getter of its own is slow to make: see stack-place.ts. */
export class Finder implements PlaceFinder {
  readonly add: (message: string) => void;
  readonly #find: () => string | undefined;

  constructor(add: (message: string) => void, find: () => string | undefined) {
    this.add = add;
    this.#find = find;
  }

  get place(): string | undefined {
    return this.#find();
  }
}
