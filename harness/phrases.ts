/** Building blocks of the sentences that people read. */

/** `1 cell`, `2 cells`, `2 misses`. */
export function count(number: number, noun: string): string {
  return `${number} ${inNumber(number, noun)}`;
}

/** The noun alone, in the number that fits: `cell`, `matches`. */
export function inNumber(number: number, noun: string): string {
  if (number === 1) return noun;
  return `${noun}${/(?:s|sh|ch|x)$/.test(noun) ? 'es' : 's'}`;
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

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** `2 h`, `1 h 30 min`, `45 s`: the units that a duration has any of. */
export function describeDuration(ms: number): string {
  const parts = [
    [Math.floor(ms / HOUR_MS), 'h'],
    [Math.floor((ms % HOUR_MS) / MINUTE_MS), 'min'],
    [Math.floor((ms % MINUTE_MS) / SECOND_MS), 's'],
  ] as const;
  const words = parts.filter(([number]) => number > 0).map(([number, unit]) => `${number} ${unit}`);
  return words.length === 0 ? '0 s' : words.join(' ');
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `28 Nov`, in UTC. */
export function describeDay(date: Date): string {
  return `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]}`;
}
