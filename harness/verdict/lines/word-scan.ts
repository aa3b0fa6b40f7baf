/**
 * Which of many words are in a text. A line is mostly of interest to one reader, for one reason:
 * knowing the word saves the others, with dozens of regular expressions each, from looking. By the
 * method of word-search.ts, which finds such lines.
 */

/** Indices of the words that are in the text, each once. */
export type WordScan = (text: string) => readonly number[];

const NONE: readonly number[] = [];
/** Words are ASCII; what another character is taken for costs time, but hides no word. */
const CODE_BITS = 7;
const CODE_MASK = (1 << CODE_BITS) - 1;
const BLOCKS = 1 << (2 * CODE_BITS);

/** @param words ASCII, each of at least three characters; the longer the shortest one, the faster. */
export function createWordScan(words: readonly string[]): WordScan {
  const lengthMin = Math.min(...words.map((word) => word.length));
  if (!(lengthMin >= 3)) throw new RangeError('words must have three characters at least');
  const shifts = new Uint8Array(BLOCKS).fill(Math.min(lengthMin - 1, 255));
  const candidates: (number[] | undefined)[] = new Array(BLOCKS).fill(undefined);
  for (const [index, word] of words.entries()) {
    for (let at = 0; at + 2 <= lengthMin; at += 1) {
      const block = blockAt(word, at);
      const shift = lengthMin - 2 - at;
      shifts[block] = Math.min(shifts[block] ?? 0, shift);
      if (shift === 0) candidates[block] = [...(candidates[block] ?? []), index];
    }
  }
  /** In which scan a word was seen last. */
  const seen = new Float64Array(words.length);
  let scans = 0;

  return (text) => {
    scans += 1;
    let found: number[] | undefined;
    for (let at = lengthMin - 2; at < text.length - 1; ) {
      const block = blockAt(text, at);
      const shift = shifts[block] as number;
      if (shift > 0) {
        at += shift;
        continue;
      }
      for (const index of candidates[block] ?? NONE) {
        if (seen[index] === scans) continue;
        if (!text.startsWith(words[index] as string, at - lengthMin + 2)) continue;
        seen[index] = scans;
        if (found === undefined) found = [index];
        else found.push(index);
      }
      at += 1;
    }
    return found ?? NONE;
  };
}

function blockAt(text: string, at: number): number {
  return ((text.charCodeAt(at) & CODE_MASK) << CODE_BITS) | (text.charCodeAt(at + 1) & CODE_MASK);
}
