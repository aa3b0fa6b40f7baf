import { createHash } from 'node:crypto';
import type { RunReport } from '../../report/schema.ts';
import { toLine, toPrintable } from '../../text.ts';

/** Of all objects: KCIDB calls a CI system this. */
export const ORIGIN = 'kmx';

const DIGITS = 16;

/** A unique id, prefixed with its kind. */
export function idOf(kind: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${ORIGIN}:${kind}-${hash.slice(0, DIGITS)}`;
}

/**
 * @param name As `namesOf` gives it: no two tests of a cell have the same.
 */
export function testIdOf({ run }: Pick<RunReport, 'run'>, cell: string, name: string): string {
  return idOf('test', run, cell, name);
}

/** A part of a path: `^[a-zA-Z0-9_-]+$`. */
export function pathPart(text: string): string {
  const part = toLine(text)
    .replaceAll(/[^a-zA-Z0-9_-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  return part === '' ? '_' : part;
}

/** A comment: no NUL, and short. */
export function comment(text: string): string {
  return toLine(text, 1000);
}

/** The last part of a text is cut: what decided comes first. At most 16,384 characters. */
export function excerpt(text: string): string {
  const lengthMax = 16_384;
  return toPrintable(text.slice(0, lengthMax)).slice(0, lengthMax).toWellFormed();
}
