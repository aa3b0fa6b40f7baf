import { createWordScan } from './word-scan.ts';

/** For each reader whose words are in the text, its bit: 1, 2, 4 and so on. */
export type WordMarks = (text: string) => number;

/** Tells which of several readers need to look at a text. */
export function createWordMarks(...readers: readonly (readonly string[])[]): WordMarks {
  const marks = new Map<string, number>();
  for (const [at, words] of readers.entries()) {
    for (const word of words) marks.set(word, (marks.get(word) ?? 0) | (1 << at));
  }
  const scan = createWordScan([...marks.keys()]);
  const values = [...marks.values()];
  return (text) => {
    let found = 0;
    for (const index of scan(text)) found |= values[index] ?? 0;
    return found;
  };
}
