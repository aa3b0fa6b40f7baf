import { closeSync, existsSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FormatContext } from '../reporters/format.ts';

/** Larger files are only linked. */
const BYTES_MAX = 64 * 1024 * 1024;

/** Reads files of a run's folder. What cannot be read is not there for a report, which goes on without it. */
export function createLogReader(folder: string): FormatContext['readLog'] {
  let last = { folder: '', isThere: false };
  return (path) => {
    // An event log may come from anybody: no cell of it may be called `../..`.
    if (path.some((part) => /^\.{0,2}$|[/\\\0]/.test(part))) return undefined;
    const file = join(folder, ...path);
    const own = dirname(file);
    // Asked once for the logs of a guest: where a report is made elsewhere, none of them are there.
    if (own !== last.folder) last = { folder: own, isThere: existsSync(own) };
    const descriptor = last.isThere ? openIfThere(file) : undefined;
    if (descriptor === undefined) return undefined;
    try {
      const status = fstatSync(descriptor);
      return status.isFile() && status.size <= BYTES_MAX ? readFileSync(descriptor) : undefined;
    } finally {
      closeSync(descriptor);
    }
  };
}

function openIfThere(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ENAMETOOLONG', 'EISDIR'].includes(code)) {
      return undefined;
    }
    throw error;
  }
}
