/** A function that reads bytes of a guest, or of a file that nobody vouches for. */
export interface FuzzTarget {
  readonly name: string;
  /** Good inputs: they are changed at random. */
  readonly seeds: () => readonly Uint8Array[];
  /**
   * Throws if the input was handled wrongly. To refuse it, with the error that the function's
   * documentation names, is to handle it well.
   */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

/** Runs `decode`; an error of the kind that it may throw is as good as a result. */
export function allowRefusal(
  kind: abstract new (...values: never[]) => Error,
  decode: () => void,
): void {
  try {
    decode();
  } catch (error) {
    if (!(error instanceof kind)) throw error;
  }
}

/** The input in pieces, whose lengths depend on it and so are the same whenever it is run. */
export function* cutInPieces(input: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0, length = 1; at < input.length; at += length) {
    length = 1 + (((input[at] ?? 0) * 37 + length) % 300);
    yield input.subarray(at, at + length);
  }
}
