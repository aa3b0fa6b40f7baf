/**
 * Who holds a lock, for those who wait for it. The kernel knows (`/proc/locks`, proc_locks(5)), so nothing
 * is written into the lock's file that could outlive its holder.
 */
import { readFile, stat } from 'node:fs/promises';
import { toLine } from '../text.ts';

export interface LockHolder {
  /** This process holds it, for another part of its work. */
  readonly isOwn: boolean;
  /** `kmx kernels build (process 4242)`, `process 4242`, or `another process` if no more is known. */
  readonly shown: string;
}

const UNKNOWN: LockHolder = { isOwn: false, shown: 'another process' };

/** `1: FLOCK  ADVISORY  WRITE 4242 fe:00:1835 0 EOF`; those who wait have `->` behind the number. */
const HELD = /^\d+: FLOCK +\S+ +\S+ +(\d+) [\da-f]+:[\da-f]+:(\d+) /gm;

/** Called while the lock on `file` is busy; its holder may end meanwhile, or be in another container. */
export async function findLockHolder(file: string): Promise<LockHolder> {
  try {
    const [{ ino }, locks] = await Promise.all([stat(file), readFile('/proc/locks', 'utf8')]);
    for (const [, pid = '', inode] of locks.matchAll(HELD)) {
      if (inode !== `${ino}`) continue;
      // Another disk may have a file with the same number.
      if (!(await wordsOf(pid)).includes(file)) continue;
      return await describeProcess(await parentOf(pid));
    }
  } catch {
    // It has ended, or belongs to another user. Only a message depends on it.
  }
  return UNKNOWN;
}

/** flock(1) holds the lock, on behalf of the process that has started it. */
async function parentOf(pid: string): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return /^PPid:\s+(\d+)$/m.exec(status)?.[1] ?? '';
}

async function describeProcess(pid: string): Promise<LockHolder> {
  if (pid === `${process.pid}`) return { isOwn: true, shown: 'this process' };
  const words = await wordsOf(pid);
  const main = words.findIndex((word) => word.endsWith('/cli/main.ts'));
  if (main < 0) return { isOwn: false, shown: `process ${pid}` };
  const command = toLine(['kmx', ...words.slice(main + 1)].join(' '), 80);
  return { isOwn: false, shown: `${command} (process ${pid})` };
}

async function wordsOf(pid: string): Promise<readonly string[]> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').slice(0, -1);
}
