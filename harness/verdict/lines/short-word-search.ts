import type { WordSearch } from './word-search.ts';

interface Sought {
  readonly word: Buffer;
  /** Where it was looked for last, and found. */
  bytes?: Uint8Array;
  from: number;
  at: number;
}

/**
 * The same for a few words that are too short for a search for all of them: each on its own, by the
 * runtime's search, which is fastest where the first character is rare.
 */
export function createShortWordSearch(words: readonly string[]): WordSearch {
  const all: readonly Sought[] = words.map((word) => ({
    word: Buffer.from(word, 'latin1'),
    from: 0,
    at: -1,
  }));

  /** What was found is still next until it has been passed: without that, one rare word would be looked for again and again. */
  function find(sought: Sought, bytes: Uint8Array, from: number): number {
    const { at } = sought;
    if (sought.bytes !== bytes || from < sought.from || (at !== -1 && at < from)) {
      sought.bytes = bytes;
      sought.from = from;
      sought.at = asBuffer(bytes).indexOf(sought.word, from);
    }
    return sought.at;
  }

  return (bytes, from) => {
    let first = -1;
    for (const sought of all) {
      const at = find(sought, bytes, from);
      if (at !== -1 && (first === -1 || at < first)) first = at;
    }
    return first;
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
