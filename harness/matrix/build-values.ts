/** The path as seen from the working directory, from one that starts at the matrix file's folder. */
export type Resolve = (path: string) => string;

export function asList<T>(value: T | readonly T[]): readonly T[] {
  return Array.isArray(value) ? value : [value as T];
}
