/** Building blocks of the sentences that people read. */

/** `1 cell`, `2 cells`, `2 misses`. */
export function count(number: number, noun: string): string {
  if (number === 1) return `1 ${noun}`;
  return `${number} ${noun}${/(?:s|sh|ch|x)$/.test(noun) ? 'es' : 's'}`;
}

/** `1 fact differs`, `2 symbols of the configuration differ`. */
export function countDiffering(number: number, noun: string, ofWhat = ''): string {
  return `${count(number, noun)}${ofWhat} ${number === 1 ? 'differs' : 'differ'}`;
}

/** The first names, and how many more there are. */
export function renderFirst(names: readonly string[], most: number): readonly string[] {
  const more = names.length - most;
  return more > 0 ? [...names.slice(0, most), `… and ${more} more`] : names;
}
