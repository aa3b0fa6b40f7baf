import { omitUndefined } from '../omit-undefined.ts';

interface WithLines {
  readonly line?: number;
  readonly endLine?: number;
  readonly excerptLines?: readonly (number | null)[];
}

/** From lines of the log to those of its file; leaves them out if nobody knows these. */
export function inFile(firstLine: number | undefined): <T extends WithLines>(one: T) => T {
  return (one) => {
    const { line, endLine, excerptLines, ...rest } = one;
    if (firstLine === undefined) return rest as typeof one;
    const by = firstLine - 1;
    const shifted = omitUndefined({
      line: line === undefined ? undefined : line + by,
      endLine: endLine === undefined ? undefined : endLine + by,
      excerptLines: excerptLines?.map((number) => (number === null ? null : number + by)),
    });
    return { ...rest, ...shifted } as typeof one;
  };
}
