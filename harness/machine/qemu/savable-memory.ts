/**
 * The memory of a guest that can be saved is a file, so that it need not go through QEMU's
 * migration. On a disk, the file system has bookkeeping to do for each page that is written for the
 * first time, a third of a second per boot; so the file is created in memory where there is room.
 */
import { randomBytes } from 'node:crypto';
import { access, constants, open, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { RAM_FILE } from './saved-state.ts';

export interface SavableMemory extends AsyncDisposable {
  readonly path: string;
  /**
   * Call it once QEMU has opened the file, which then vanishes with QEMU and us, however we end.
   */
  unlink(): Promise<void>;
  /** Writes a sparse copy: only what is not zero takes disk space. */
  copyTo(path: string): Promise<void>;
}

const SHARED_MEMORY = '/dev/shm';
/** Linux include/uapi/linux/magic.h */
const TMPFS_MAGIC = 0x01021994;

/** What guests of this process may still grow to: a full /dev/shm ends QEMU with SIGBUS. */
let reservedBytes = 0;

/**
 * Creates the file. Throws an InfraError if that fails.
 * @param folder Where the file goes if there is no room in memory.
 * @param bytes Size of the guest's memory.
 * @param template Folder of a saved guest whose memory to begin with.
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

/** Room is reserved at once, until the guest's end, since many guests may start together. */
async function hasRoom(bytes: number, resources: AsyncDisposableStack): Promise<boolean> {
  const release = (): void => {
    reservedBytes -= bytes;
  };
  reservedBytes += bytes;
  const isRoom = await isFree(reservedBytes);
  if (isRoom) resources.defer(release);
  else release();
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

/**
 * With cp(1), which clones where the file system can and keeps holes; Node's copyFile fills them
 * in.
 */
async function copySparse(from: string, to: string): Promise<void> {
  const { failed, stderr } = await execa('cp', [from, to], { reject: false, stdin: 'ignore' });
  if (failed) notMade(to, undefined, stderr);
}

function notMade(path: string, cause: unknown, output = ''): never {
  throw new InfraError(`a guest's memory could not be written to ${path}`, {
    code: 'NOT_SAVED',
    remedy: 'make room on the disk',
    output,
    cause,
  });
}
