/**
 * A lock between the processes of one host, held by a child `flock(1)` of util-linux. Node has no
 * flock(2), and npm's lock libraries guess from file times whether an owner is still alive. Here
 * the operating system keeps the lock: however we die, our end of the child's stdin closes, the
 * child ends, and the lock is free at once.
 */
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ExecaError } from 'execa';
import { InfraError } from '../errors.ts';
import { findLockHolder, type LockHolder } from './lock-holder.ts';
import { asStorageError } from './storage-error.ts';

const BUSY = 75;

/** What happens while somebody else holds a lock. */
export interface Waiting {
  /** Ends the waiting. */
  readonly signal?: AbortSignal | undefined;
  /** Called at most once, before the waiting begins. */
  readonly onWait?: ((holder: LockHolder) => void) | undefined;
}

/**
 * Waits until the lock on `file` is ours; disposing of it releases it. The file stays, empty. Rejects with
 * the signal's reason if it is aborted before that; afterwards the lock is kept all the same.
 */
export async function takeLock(
  file: string,
  { signal, onWait }: Waiting = {},
): Promise<AsyncDisposable> {
  if (onWait !== undefined) {
    const free = await tryLock(file);
    if (free) return free;
    onWait(await findLockHolder(file));
  }
  const lock = await startFlock(file, ['-x'], signal);
  if (lock) return lock;
  throw new InfraError(`flock(1) did not wait for the lock ${file}`, { code: 'LOCK_FAILED' });
}

/** Any number of processes may share it while no process holds it exclusively. */
export async function shareLock(file: string): Promise<AsyncDisposable> {
  const lock = await startFlock(file, ['-s']);
  if (lock) return lock;
  throw new InfraError(`flock(1) did not wait for the lock ${file}`, { code: 'LOCK_FAILED' });
}

/** The lock if nobody holds it now, else undefined. */
export function tryLock(file: string): Promise<AsyncDisposable | undefined> {
  return startFlock(file, ['-x', '-n', '-E', String(BUSY)]);
}

async function startFlock(
  file: string,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<AsyncDisposable | undefined> {
  signal?.throwIfAborted();
  await mkdir(dirname(file), { recursive: true }).catch((error: unknown) => {
    throw asStorageError(error, dirname(file));
  });
  // Slow to load, and most entries of the cache are read without a lock.
  const { execa } = await import('execa');
  // Detached: Ctrl-C goes to the whole process group, and the lock must outlive our own clean-up.
  const holder = execa('flock', [...options, file, 'cat'], {
    detached: true,
    cleanup: false,
    stdin: 'pipe',
    buffer: { stdout: false },
    env: { LC_ALL: 'C' },
  });
  // cat runs only once flock has the lock, and echoes the byte that waits for it. If the lock is
  // busy nobody reads that byte, and flock's exit code says so better than EPIPE.
  holder.stdin.on('error', () => {});
  holder.stdin.write('\n');
  const ended = holder.then(
    () => new InfraError(`flock(1) ended early on ${file}`, { code: 'LOCK_FAILED' }),
    (error: unknown) => (isBusy(error) ? undefined : asLockError(error, file)),
  );
  const giveUp = (): void => {
    // Whichever of the two has the lock by now.
    holder.stdin.end();
    holder.kill();
  };
  signal?.addEventListener('abort', giveUp);
  if (signal?.aborted) giveUp();
  const answer = await Promise.race([once(holder.stdout, 'data'), ended]);
  signal?.removeEventListener('abort', giveUp);
  if (signal?.aborted) {
    await ended;
    throw signal.reason;
  }
  if (!Array.isArray(answer)) {
    if (answer) throw answer;
    return undefined;
  }
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end();
      await ended;
    },
  };
}

function isBusy(error: unknown): boolean {
  return isExecaError(error) && error.exitCode === BUSY;
}

function isExecaError(error: unknown): error is ExecaError {
  return error instanceof Error && error.name === 'ExecaError';
}

function asLockError(error: unknown, file: string): InfraError {
  const missing = isExecaError(error) && error.code === 'ENOENT';
  return new InfraError(`cannot lock ${file}${missing ? ': flock not found' : ''}`, {
    code: 'LOCK_FAILED',
    remedy: missing ? 'install util-linux' : 'make sure that this file can be written',
    ...(isExecaError(error) ? { output: String(error.stderr ?? '') } : {}),
    cause: error,
  });
}
