import leven from 'leven';

const NAMES_MAX = 3;
/** Longer words are not misspelt names, and would be expensive to compare. */
const LENGTH_MAX = 60;

/**
 * Names that a word may have been meant to be, the likeliest first: those of which less than a third
 * is different, and those that have the same parts, perhaps in another order or with one more.
 */
export function findNearNames(word: string, names: Iterable<string>): readonly string[] {
  if (word.length < 3 || word.length > LENGTH_MAX) return [];
  const maxDistance = Math.max(1, Math.floor(word.length / 4));
  const parts = new Set(partsOf(word));
  const near: { readonly name: string; readonly distance: number }[] = [];
  for (const name of names) {
    if (name === word) continue;
    const distance = leven(word, name, { maxDistance: maxDistance + 1 });
    if (distance <= maxDistance) near.push({ name, distance });
    else if (hasParts(name, parts)) near.push({ name, distance: maxDistance + 1 });
  }
  near.sort((one, other) => one.distance - other.distance || one.name.length - other.name.length);
  return near.slice(0, NAMES_MAX).map(({ name }) => name);
}

/** Without a plural's s: `CPUSET_V1` has the parts of `CPUSETS_V1`. */
function partsOf(name: string): readonly string[] {
  return name.split('_').map((part) => part.replace(/(?<=..)S$/, ''));
}

function hasParts(name: string, parts: ReadonlySet<string>): boolean {
  if (parts.size < 2) return false;
  const own = new Set(partsOf(name));
  return own.size <= parts.size + 1 && [...parts].every((part) => own.has(part));
}
