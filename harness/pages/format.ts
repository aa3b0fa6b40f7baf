/** Numbers and times as pages show them. */

/** Narrow, and never broken. */
const SPACE = '\u202f';

/** `2 940`: thousands apart. */
export function formatCount(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, SPACE);
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `28 Nov 2026 03:12 UTC`. @param time ISO 8601 */
export function formatTime(time: string): string {
  const date = new Date(time);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${date.toISOString().slice(11, 16)} UTC`;
}
