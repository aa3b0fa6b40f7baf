/** Looks for a function in the lines of a report. */
export interface PlaceFinder {
  add(message: string): void;
  readonly place: string | undefined;
}
