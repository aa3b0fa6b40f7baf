/**
 * Where the memory of a guest lies that can be saved: in a file, so that it need not go through
 * QEMU's migration. On a disk each page that is written for the first time costs the file system's
 * book-keeping, a third of a second in a boot; so the file is made in memory where there is room.
 */
import { randomBytes } from 'node:crypto';
import { open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { RAM_FILE } from './saved-state.ts';

export interface SavableMemory extends AsyncDisposable {
  readonly path: string;
  /** Once QEMU has opened it: from now on it goes when the guest and we are gone, however we end. */
  unlink(): Promise<void>;
  /** A copy that takes no more of the disk than what is not zero. */
  copyTo(path: string): Promise<void>;
}

const SHARED_MEMORY = '/dev/shm';
/** Linux include/uapi/linux/magic.h */
const TMPFS_MAGIC = 0x01021994;

/** What guests of this process may still come to use: a full /dev/shm ends QEMU with SIGBUS. */
let promisedBytes = 0;

/**
 * @param folder For the file, if there is no room in memory.
 * @param bytes The guest's memory.
 * @param template A saved guest's memory to begin with.
 */
export async function makeSavableMemory(
  folder: string,
  bytes: number,
  template?: string,
): Promise<SavableMemory> {
  const isInMemory = await hasRoom(bytes);
  const path = isInMemory
    ? join(SHARED_MEMORY, `kmx-${randomBytes(8).toString('hex')}`)
    : join(folder, RAM_FILE);
  const promised = isInMemory ? bytes : 0;
  promisedBytes += promised;
  // Nobody else may read a guest's memory.
  const file = await open(path, 'wx+', 0o600);
  const memory: SavableMemory = {
    path,
    unlink: () => rm(path, { force: true }),
    copyTo: (to) => copySparse(`/proc/${process.pid}/fd/${file.fd}`, to),
    async [Symbol.asyncDispose]() {
      promisedBytes -= promised;
      await memory.unlink();
      await file.close();
    },
  };
  if (template !== undefined) await copySparse(join(template, RAM_FILE), path);
  return memory;
}

async function hasRoom(bytes: number): Promise<boolean> {
  try {
    const { type, bavail, bsize } = await statfs(SHARED_MEMORY);
    return type === TMPFS_MAGIC && bavail * bsize >= promisedBytes + bytes;
  } catch {
    return false;
  }
}

/** With cp(1), which clones where the file system can and keeps holes; Node's copyFile fills them. */
async function copySparse(from: string, to: string): Promise<void> {
  const { failed, stderr } = await execa('cp', [from, to], { reject: false, stdin: 'ignore' });
  if (!failed) return;
  throw new InfraError(`a guest's memory could not be copied to ${to}`, {
    code: 'NOT_SAVED',
    remedy: 'see that the disk has room',
    output: stderr,
  });
}
