import { relative, resolve } from 'node:path';

/** A folder as seen from here, unless it is elsewhere. */
export function shownFolder(folder: string): string {
  const fromHere = relative(process.cwd(), folder);
  return fromHere.startsWith('..') ? resolve(folder) : fromHere || '.';
}
