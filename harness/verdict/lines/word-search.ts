/**
 * Finds the first line with one of many words in bytes, by the method of Wu and Manber: a look at
 * three bytes is enough to skip most places. Our own code, because a regular expression with as many
 * alternatives reads 40 MB/s, a search for each word on its own is no faster, and a guest's output
 * must not be slow to read.
 */

/** Where one of the words begins that are in the first line with any, at or after `from`; or -1. What begins at or after `to` need not be found. */
export type WordSearch = (bytes: Uint8Array, from: number, to?: number) => number;

interface Candidate {
  readonly word: Buffer;
  /** How far its beginning is before the block that led to it. */
  readonly before: number;
}

const BLOCK = 3;
/** Blocks are hashed: what another block is taken for costs time, but hides no word. */
const HASHES = 1 << 15;

/**
 * @param words ASCII, each of at least three characters and none with a line feed; the longer the
 *   shortest one, the faster. A few that are shorter by one cost little: any byte may be before them.
 */
export function createWordSearch(words: readonly string[]): WordSearch {
  const shortest = Math.min(...words.map((word) => word.length));
  if (!(shortest >= BLOCK)) throw new RangeError('words must have three characters at least');
  const windowLength = shortest + 1;
  const blocks = windowLength - BLOCK;
  const shifts = new Uint8Array(HASHES).fill(Math.min(blocks + 1, 255));
  const candidates: (Candidate[] | undefined)[] = new Array(HASHES).fill(undefined);

  function enter(hash: number, shift: number): void {
    shifts[hash] = Math.min(shifts[hash] ?? 0, shift);
  }

  function enterAnyBefore([first = 0, second = 0]: Buffer): void {
    for (let any = 0; any < 256; any += 1) enter(hashAt([any, first, second], 0), blocks);
  }

  for (const word of words.map((text) => Buffer.from(text, 'latin1'))) {
    const isShort = word.length < windowLength;
    const begin = isShort ? -1 : findRarestWindow(word, windowLength);
    if (isShort) enterAnyBefore(word);
    for (let at = isShort ? 1 : 0; at <= blocks; at += 1) {
      enter(hashAt(word, begin + at), blocks - at);
    }
    const last = hashAt(word, begin + blocks);
    candidates[last] = [...(candidates[last] ?? []), { word, before: begin + blocks }];
  }

  return (bytes, from, to = bytes.length) => {
    const last = Math.min(bytes.length - BLOCK, to + shortest);
    for (let at = from + shortest - BLOCK; at <= last; ) {
      // As in hashAt, which is slower since it is called with arrays, too.
      const hash =
        (((bytes[at] as number) << 10) ^
          ((bytes[at + 1] as number) << 5) ^
          (bytes[at + 2] as number)) &
        (HASHES - 1);
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

/** Where in a word the search stops least often in vain: small letters are everywhere. */
function findRarestWindow(word: Buffer, length: number): number {
  let best = 0;
  let bestRarity = -1;
  for (let at = 0; at + length <= word.length; at += 1) {
    const rarity = rarityOf(word.subarray(at, at + length));
    if (rarity > bestRarity) [best, bestRarity] = [at, rarity];
  }
  return best;
}

/** The last block counts most: there the search stops. */
function rarityOf(window: Buffer): number {
  const last = countRare(window.subarray(-BLOCK));
  return last * window.length + countRare(window);
}

function countRare(bytes: Buffer): number {
  return bytes.toString('latin1').replace(/[a-z ]/g, '').length;
}

function hashAt(bytes: ArrayLike<number>, at: number): number {
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
