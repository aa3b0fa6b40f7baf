/** Forms of time, as sources of regular expressions. None of them has a group. */

export const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
export const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const CLOCK = String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`;
const ZONE = String.raw`(?:Z|UTC|[+-]\d\d:?\d\d)`;

/** `2026-03-03T01:02:03.123456+01:00` and its variants. */
export const ISO_TIME = String.raw`\d{4}-\d\d-\d\d[T ]${CLOCK}(?: ?${ZONE}(?!\w))?`;
/** `Mar  3 01:02:03`, with day of the week, year and zone where they are told. */
const MONTH_TIME = String.raw`(?:${DAY},? )?${MONTH} {1,2}\d{1,2} (?:\d{4} )?${CLOCK}(?: (?:[A-Z]{3,4} )?\d{4}\b)?`;
/** Of `journalctl -o short-full`: `Tue 2026-03-03 01:02:03 CET`. */
const FULL_TIME = String.raw`${DAY} ${ISO_TIME}(?: [A-Z]{2,5}| [+-]\d\d)?`;
/** Of Go's package log. */
const SLASHED_TIME = String.raw`\d{4}/\d\d/\d\d ${CLOCK}`;

export const DATE_TIME = `(?:${FULL_TIME}|${ISO_TIME}|${MONTH_TIME}|${SLASHED_TIME})`;
/** With and without a date. */
export const ANY_TIME = `(?:${DATE_TIME}|${CLOCK})`;

/** IPv4, or IPv6 in hexadecimal. */
export const ADDRESS = String.raw`(?:\d{1,3}(?:\.\d{1,3}){3}|(?=[\da-f]*:[\da-f]*:)[\da-f:]{3,39})`;
