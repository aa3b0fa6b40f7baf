/**
 * Finds the first of many words in bytes, by the method of Wu and Manber: a look at three bytes is
 * enough to skip most places. Our own code, because a regular expression with as many alternatives
 * reads 40 MB/s, a search for each word on its own is no faster, and a guest's output must not be
 * slow to read.
 */

/** Index of the first of the words at or after `from`, or -1. */
export type WordSearch = (bytes: Uint8Array, from: number) => number;

interface Candidate {
  readonly word: Buffer;
  /** How far its beginning is before the block that led to it. */
  readonly before: number;
}

const BLOCK = 3;
/** Blocks are hashed: what another block is taken for costs time, but hides no word. */
const HASHES = 1 << 14;

/**
 * @param words ASCII, each of at least three characters; the longer the shortest one, the faster. A
 *   few that are shorter by one cost little: any byte may be before them.
 */
export function createWordSearch(words: readonly string[]): WordSearch {
  const shortest = Math.min(...words.map((word) => word.length));
  if (!(shortest >= BLOCK)) throw new RangeError('words must have three characters at least');
  const windowLength = shortest + 1;
  const shiftMax = Math.min(windowLength - BLOCK + 1, 255);
  const shifts = new Uint8Array(HASHES).fill(shiftMax);
  const candidates: (Candidate[] | undefined)[] = new Array(HASHES).fill(undefined);

  function enter(hash: number, shift: number): void {
    shifts[hash] = Math.min(shifts[hash] ?? 0, shift);
  }

  for (const word of words.map((text) => Buffer.from(text, 'latin1'))) {
    /** Where the word begins in its window. */
    const lead = word.length >= windowLength ? 0 : 1;
    for (let at = 0; at + BLOCK + lead <= windowLength; at += 1) {
      enter(hashAt(word, at), windowLength - BLOCK - lead - at);
    }
    if (lead === 1) {
      const beginning = Buffer.of(0, word[0] ?? 0, word[1] ?? 0);
      for (beginning[0] = 0; ; beginning[0] += 1) {
        enter(hashAt(beginning, 0), windowLength - BLOCK);
        if (beginning[0] === 255) break;
      }
    }
    const before = windowLength - BLOCK - lead;
    const last = hashAt(word, before);
    candidates[last] = [...(candidates[last] ?? []), { word, before }];
  }

  return (bytes, from) => {
    const last = bytes.length - BLOCK;
    for (let at = from + shortest - BLOCK; at <= last; ) {
      const hash = hashAt(bytes, at);
      const shift = shifts[hash] as number;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const start = findStart(bytes, at, from, candidates[hash]);
      if (start !== -1) return start;
      at += 1;
    }
    return -1;
  };
}

function hashAt(bytes: Uint8Array, at: number): number {
  return (
    (((bytes[at] as number) << 10) ^ ((bytes[at + 1] as number) << 5) ^ (bytes[at + 2] as number)) &
    (HASHES - 1)
  );
}

function findStart(
  bytes: Uint8Array,
  block: number,
  from: number,
  candidates: readonly Candidate[] = [],
): number {
  for (const { word, before } of candidates) {
    const start = block - before;
    if (start < from) continue;
    let at = 0;
    while (at < word.length && bytes[start + at] === word[at]) at += 1;
    if (at === word.length) return start;
  }
  return -1;
}
