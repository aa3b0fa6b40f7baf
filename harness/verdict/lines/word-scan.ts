/**
 * Which of many words are in a text. A line is mostly of interest to one reader, for one reason:
 * knowing the word saves the others, with dozens of regular expressions each, from looking. By the
 * method of word-search.ts, which finds such lines.
 */

/** Indices of the words that are in the text, each once. */
export type WordScan = (text: string) => readonly number[];

const NONE: readonly number[] = [];
const BLOCK = 3;
const ANY = -1;
/** Words are ASCII; what another block is taken for costs time, but hides no word. */
const HASHES = 1 << 13;

/** @param words ASCII, each of at least three characters; the longer the shortest one, the faster. */
export function createWordScan(words: readonly string[]): WordScan {
  const shortest = Math.min(...words.map((word) => word.length));
  if (!(shortest >= BLOCK)) throw new RangeError('words must have three characters at least');
  const shifts = new Uint8Array(HASHES).fill(Math.min(shortest - BLOCK + 1, 255));
  const candidates: (number[] | undefined)[] = new Array(HASHES).fill(undefined);
  for (const [index, word] of words.entries()) {
    for (let at = 0; at + BLOCK <= shortest; at += 1) {
      const hash = hashAt(word, at);
      const shift = shortest - BLOCK - at;
      shifts[hash] = Math.min(shifts[hash] ?? 0, shift);
      if (shift === 0) candidates[hash] = [...(candidates[hash] ?? []), index];
    }
  }
  /** What follows the part of a word that led to it: many words begin alike. */
  const nextCodes = Int32Array.from(words, (word) => word.codePointAt(shortest) ?? ANY);
  /** In which scan a word was seen last. */
  const seen = new Float64Array(words.length);
  let scans = 0;

  function collect(text: string, start: number, hash: number, found: number[] | undefined) {
    const code = text.charCodeAt(start + shortest);
    let all = found;
    for (const index of candidates[hash] ?? NONE) {
      const next = nextCodes[index] as number;
      if ((next !== code && next !== ANY) || seen[index] === scans) continue;
      if (!text.startsWith(words[index] as string, start)) continue;
      seen[index] = scans;
      if (all === undefined) all = [index];
      else all.push(index);
    }
    return all;
  }

  return (text) => {
    scans += 1;
    let found: number[] | undefined;
    const last = text.length - BLOCK;
    for (let at = shortest - BLOCK; at <= last; ) {
      const hash = hashAt(text, at);
      const shift = shifts[hash] as number;
      if (shift === 0) found = collect(text, at - shortest + BLOCK, hash, found);
      at += shift || 1;
    }
    return found ?? NONE;
  };
}

function hashAt(text: string, at: number): number {
  return (
    ((text.charCodeAt(at) << 10) ^ (text.charCodeAt(at + 1) << 5) ^ text.charCodeAt(at + 2)) &
    (HASHES - 1)
  );
}
