const UNITS = [
  ['GiB', 1024 ** 3],
  ['MiB', 1024 ** 2],
  ['KiB', 1024],
] as const;

/** `1.5 GiB`, `27 MiB`, `0 KiB`: two digits are enough to compare sizes. */
export function formatBytes(bytes: number): string {
  const [name, size] = UNITS.find(([, unit]) => bytes >= unit) ?? ['KiB', 1024];
  const number = bytes / size;
  return `${number > 0 && number < 9.95 ? number.toFixed(1) : Math.round(number)} ${name}`;
}
