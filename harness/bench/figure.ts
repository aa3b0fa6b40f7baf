/** One measured number, as it is printed and kept. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: 's' | 'ms' | '×' | 'tests/min' | 'MB/s' | 'MB';
  readonly note?: string;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (upper + lower) / 2;
}

/** Seconds with two digits, of milliseconds. */
export function seconds(ms: number): number {
  return Math.round(ms / 10) / 100;
}
