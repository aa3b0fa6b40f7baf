/** `kmx kernels lock`: writes what the kernels and agents of a matrix are, to the byte. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { asStorageError } from '../../cache/storage-error.ts';
import type { Lock } from '../../lock/lock.ts';
import { parseLock } from '../../lock/parse.ts';
import { renderLock } from '../../lock/render.ts';
import type { Cell } from '../../matrix/cell.ts';
import { lockBeside } from '../../matrix/default-files.ts';
import { expandMatrix } from '../../matrix/expand.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { replaceFile } from '../../reporters/replace-file.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { loadChecked } from '../load-checked.ts';
import { loadMatrix } from '../load-matrix.ts';
import { select } from '../selection.ts';
import { checkLock } from './check-lock.ts';
import { renderChanges } from './lock-changes.ts';
import { type NamesToLock, namesToLock } from './names-to-lock.ts';
import { type RenewOptions, renewLock } from './renew-lock.ts';

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
  const cells = cellsOf(matrix, options);
  const wanted = namesToLock(cells, options.update);
  const before = readBefore(file, options, wanted);
  const lock = await renewLock(matrix, cells, { before, wanted, options });
  writeLock(file, renderLock(lock, basename(matrix.file)));
  process.stdout.write(`${renderChanges(before, lock, file).join('\n')}\n`);
  return EXIT_CODES.good;
}

function writeLock(file: string, text: string): void {
  try {
    replaceFile(file, [text]);
  } catch (error) {
    throw asStorageError(error, file);
  }
}

function cellsOf(matrix: Matrix, { profile }: LockOptions): readonly Cell[] {
  return profile === undefined ? expandMatrix(matrix) : select(matrix, { profile }).plan.cells;
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
