import { existsSync } from 'node:fs';
import { UsageError } from '../errors.ts';
import { type LoadedLock, parseLock } from '../lock/parse.ts';
import { lockBeside } from '../matrix/default-files.ts';
import { loadChecked } from './load-checked.ts';

/** A lock and its text, for errors that point into it. */
export interface LockOnDisk extends LoadedLock {
  readonly file: string;
  readonly text: string;
}

/** Reads the lock beside a matrix file. Throws a UsageError that lists all of its faults. */
export function loadLock(matrixFile: string): LockOnDisk {
  const file = lockBeside(matrixFile);
  if (!existsSync(file)) {
    throw new UsageError(`there is no lock ${file}`, {
      code: 'NO_LOCK',
      remedy: 'write it with kmx kernels lock, and commit it',
    });
  }
  return read(file);
}

/** Undefined if there is none. Throws a UsageError for one with faults. */
export function loadLockIfThere(matrixFile: string): LockOnDisk | undefined {
  const file = lockBeside(matrixFile);
  return existsSync(file) ? read(file) : undefined;
}

function read(file: string): LockOnDisk {
  const remedy = 'rewrite it with kmx kernels lock';
  const kind = { file, what: 'the lock', code: 'LOCK', remedy };
  return { file, ...loadChecked(kind, parseLock) };
}
