import { omitUndefined } from '../omit-undefined.ts';

/** One measured number, as printed and stored. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: (typeof UNITS)[number];
  readonly note?: string;
}

export const UNITS = ['s', 'ms', '×', 'tests/min', 'MB/s', 'MB', 'MiB', 'of them'] as const;

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** Milliseconds as seconds, with two decimals. */
export function seconds(ms: number): number {
  return twoDigits(ms / 1000);
}

export function twoDigits(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The ratio of two figures. Both must come from one run, since hosts are noisy. */
export function ratio(name: string, value: number, to: number, note?: string): Figure {
  return { name, value: twoDigits(value / to), unit: '×', ...omitUndefined({ note }) };
}
