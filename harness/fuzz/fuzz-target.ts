/** A decoder of bytes from a guest or from an untrusted file. */
export interface FuzzTarget {
  readonly name: string;
  /** Valid inputs, which are mutated. */
  readonly seeds: () => readonly Uint8Array[];
  /**
   * Throws if the input was handled wrongly. It is right to refuse an input with the error that the
   * decoder's documentation names.
   */
  readonly run: (input: Uint8Array) => void | Promise<void>;
}

/** Runs `decode`, which may throw errors of this kind. */
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

/** Splits the input into pieces. Their lengths depend only on the input, so that runs can be repeated. */
export function* cutInPieces(input: Uint8Array): Generator<Uint8Array, void> {
  for (let at = 0, length = 1; at < input.length; at += length) {
    length = 1 + (((input[at] ?? 0) * 37 + length) % 300);
    yield input.subarray(at, at + length);
  }
}
