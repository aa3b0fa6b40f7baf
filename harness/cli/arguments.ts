/** Parsers for the arguments of command-line options. */
import { InvalidArgumentError } from 'commander';
import { FORMAT_NAMES, type FormatName } from '../reporters/format.ts';

const MAX = 9999;

/** A parser for a whole number that is at least `min`. */
export function countFrom(min: number): (argument: string) => number {
  return (argument) => {
    const count = /^\d{1,4}$/.test(argument) ? Number(argument) : Number.NaN;
    if (count >= min) return count;
    // Commander puts the option's name and the value found in front of this.
    throw new InvalidArgumentError(`Expected a whole number from ${min} to ${MAX}.`);
  };
}

/** A parser for comma-separated names of formats; the option may be repeated. */
export function formatsFrom(
  argument: string,
  before: readonly FormatName[] | undefined = [],
): readonly FormatName[] {
  const names = argument.split(',').map((name) => name.trim());
  return [...before, ...names.map(formatFrom)];
}

function formatFrom(name: string): FormatName {
  const found = FORMAT_NAMES.find((known) => known === name);
  if (found !== undefined) return found;
  const what = name === '' ? '' : `, found '${name}'`;
  throw new InvalidArgumentError(`Expected some of ${FORMAT_NAMES.join(', ')}${what}.`);
}

const HOURS_MAX = 500;
const HOUR_MS = 3_600_000;

/** A parser for a time such as `90s`, `45m`, `2h` or `1h30m`: milliseconds. */
export function parseDuration(argument: string): number {
  const parts = /^(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,9})s)?$/.exec(argument);
  const [hours, minutes, seconds] = (parts?.slice(1) ?? []).map((part) => Number(part ?? 0));
  const ms = (hours ?? 0) * HOUR_MS + (minutes ?? 0) * 60_000 + (seconds ?? 0) * 1000;
  if (ms > 0 && ms <= HOURS_MAX * HOUR_MS) return ms;
  throw new InvalidArgumentError(
    `Expected a time in s, m or h, such as 90s, 45m or 1h30m; at most ${HOURS_MAX}h.`,
  );
}
