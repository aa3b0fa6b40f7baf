/**
 * Where the memory of a guest lies that can be saved: in a file, so that it need not go through
 * QEMU's migration. On a disk each page that is written for the first time costs the file system's
 * book-keeping, a third of a second in a boot; so the file is made in memory where there is room.
 */
import { randomBytes } from 'node:crypto';
import { access, constants, open, rm, statfs } from 'node:fs/promises';
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
 * Throws an InfraError if the file cannot be made.
 * @param folder For the file, if there is no room in memory.
 * @param bytes The guest's memory.
 * @param template A saved guest's memory to begin with.
 */
export async function makeSavableMemory(
  folder: string,
  bytes: number,
  template?: string,
): Promise<SavableMemory> {
  await using resources = new AsyncDisposableStack();
  const inMemory = join(SHARED_MEMORY, `kmx-${randomBytes(8).toString('hex')}`);
  const path = (await hasRoom(bytes, resources)) ? inMemory : join(folder, RAM_FILE);
  const unlink = () => rm(path, { force: true });
  // Nobody else may read a guest's memory.
  const file = resources.use(await open(path, 'wx+', 0o600).catch((cause) => notMade(path, cause)));
  resources.defer(unlink);
  if (template !== undefined) await copySparse(join(template, RAM_FILE), path);
  const owned = resources.move();
  return {
    path,
    unlink,
    copyTo: (to) => copySparse(`/proc/${process.pid}/fd/${file.fd}`, to),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** What is found free is promised at once, and until the guest's end: many may start together. */
async function hasRoom(bytes: number, resources: AsyncDisposableStack): Promise<boolean> {
  const giveBack = (): void => {
    promisedBytes -= bytes;
  };
  promisedBytes += bytes;
  const isRoom = await isFree(promisedBytes);
  if (isRoom) resources.defer(giveBack);
  else giveBack();
  return isRoom;
}

async function isFree(bytes: number): Promise<boolean> {
  try {
    await access(SHARED_MEMORY, constants.W_OK);
    const { type, bavail, bsize } = await statfs(SHARED_MEMORY);
    return type === TMPFS_MAGIC && bavail * bsize >= bytes;
  } catch {
    return false;
  }
}

/** With cp(1), which clones where the file system can and keeps holes; Node's copyFile fills them. */
async function copySparse(from: string, to: string): Promise<void> {
  const { failed, stderr } = await execa('cp', [from, to], { reject: false, stdin: 'ignore' });
  if (failed) notMade(to, undefined, stderr);
}

function notMade(path: string, cause: unknown, output = ''): never {
  throw new InfraError(`a guest's memory could not be written to ${path}`, {
    code: 'NOT_SAVED',
    remedy: 'see that the disk has room',
    output,
    cause,
  });
}
