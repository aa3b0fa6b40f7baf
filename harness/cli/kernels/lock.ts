/** `kmx kernels lock`: writes what the kernels and agents of a matrix are, to the byte. */

import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import type { Lock } from '../../lock/lock.ts';
import { parseLock } from '../../lock/parse.ts';
import { renderLock } from '../../lock/render.ts';
import { lockBeside } from '../../matrix/default-files.ts';
import { replaceFile } from '../../reporters/replace-file.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { loadChecked } from '../load-checked.ts';
import { loadMatrix } from '../load-matrix.ts';
import { checkLock } from './check-lock.ts';
import { cellsToLock, type NamesToLock, namesToLock } from './names-to-lock.ts';
import { type RenewOptions, renewLock } from './renew-lock.ts';
import { renderChanges } from './renewed-lock.ts';

export interface LockOptions extends RenewOptions {
  readonly matrix: string;
  readonly check?: boolean;
  readonly json?: boolean;
}

/** Writes the lock, or with `--check` says what has changed since. */
export async function lockKernels(options: LockOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  if (options.check === true) return await checkLock(matrix, options);
  const file = lockBeside(matrix.file);
  const cells = cellsToLock(matrix, options.profile);
  const wanted = namesToLock(cells, options.update);
  const before = readBefore(file, options, wanted);
  const lock = await untilStopped((signal) =>
    renewLock(matrix, cells, { before, wanted, options, signal }),
  );
  if (lock === undefined) return EXIT_CODES.interrupted;
  writeLock(file, renderLock(lock, basename(matrix.file)));
  process.stdout.write(`${renderChanges(before, lock, file).join('\n')}\n`);
  return EXIT_CODES.good;
}

/** Undefined after Ctrl-C. Kernels may have to be built, and nothing is pruned meanwhile. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping; what is done is kept, and the lock stays as it is',
    second: 'kmx: ended at once',
  });
  const { signal } = interrupts;
  await using held = new AsyncDisposableStack();
  held.use(await useCache(cacheRoot(process.env)));
  try {
    const done = await work(signal);
    return signal.aborted ? undefined : done;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function writeLock(file: string, text: string): void {
  try {
    replaceFile(file, [text]);
  } catch (error) {
    throw asStorageError(error, file);
  }
}

const NOTHING: Lock = { kernels: new Map(), agents: new Map() };

/** What is renewed may be faulty; what is kept may not. */
function readBefore(file: string, options: LockOptions, wanted: NamesToLock): Lock {
  if (!existsSync(file)) return NOTHING;
  if (options.update === undefined && options.profile === undefined) {
    const parsed = parseLock(readFileSync(file, 'utf8'));
    return parsed.isValid ? parsed.lock : NOTHING;
  }
  const renewed = wanted.kernels.union(wanted.agents);
  const remedy = 'rewrite it with kmx kernels lock';
  const kind = { file, what: 'the lock', code: 'LOCK', remedy };
  return loadChecked(kind, (text) => parseLock(text, { mayBeEdited: renewed })).lock;
}
