import { closestMatch } from 'leven';

/** Longer words are not misspelt names, and would be expensive to compare. */
const LONGEST_WORD = 80;

/** The known name that a word is probably meant to be: about a third of its letters may differ. */
export function suggestName(word: string, names: readonly string[]): string | undefined {
  if (word.length > LONGEST_WORD) return undefined;
  const maxDistance = word.length < 3 ? 0 : Math.floor((word.length + 1) / 3);
  return closestMatch(word.toLowerCase(), names, { maxDistance });
}
