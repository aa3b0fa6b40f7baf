/**
 * The memory of a guest that can be saved is a file, so that it need not go through QEMU's
 * migration. On a disk, the file system has bookkeeping to do for each page that is written for the
 * first time, a third of a second per boot; so the file is created in memory where there is room.
 *
 * The file has no name, and QEMU inherits it as an open descriptor: it vanishes with the guest and
 * kmx, however they end.
 */
import { closeSync, constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { RAM_FILE } from './saved-state.ts';
import { isRoomFor, SHARED_MEMORY } from './shared-memory.ts';

export interface SavableMemory extends Disposable {
  readonly descriptor: number;
  /** Writes a sparse copy: only what is not zero takes disk space. */
  copyTo(path: string): Promise<void>;
}

/** Linux include/uapi/asm-generic/fcntl.h: __O_TMPFILE and O_DIRECTORY. Node has no name for it. */
const O_TMPFILE = 0o20200000;
/** Nobody else may read a guest's memory. */
const MODE = 0o600;

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
  using resources = new DisposableStack();
  const descriptor = openInMemory(bytes) ?? openOnDisk(folder, bytes);
  resources.defer(() => closeSync(descriptor));
  const path = `/proc/${process.pid}/fd/${descriptor}`;
  if (template !== undefined) await copyInto(path, join(template, RAM_FILE));
  const owned = resources.move();
  return {
    descriptor,
    copyTo: (to) => copySparse(path, to),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/**
 * The file's length reserves the room. It is set before anyone adds up reservations, so that of two
 * guests that start together neither can overlook the other. A full /dev/shm ends QEMU with SIGBUS.
 */
function openInMemory(bytes: number): number | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(SHARED_MEMORY, O_TMPFILE | constants.O_RDWR, MODE);
  } catch {
    return undefined;
  }
  ftruncateSync(descriptor, bytes);
  if (isRoomFor(descriptor)) return descriptor;
  closeSync(descriptor);
  return undefined;
}

/** Not every file system can create files without a name, so the name is removed at once. */
function openOnDisk(folder: string, bytes: number): number {
  const path = join(folder, RAM_FILE);
  try {
    const descriptor = openSync(path, 'wx+', MODE);
    rmSync(path);
    ftruncateSync(descriptor, bytes);
    return descriptor;
  } catch (cause) {
    return notMade(path, cause);
  }
}

/**
 * With cp(1), which clones where the file system can and keeps holes; Node's copyFile fills them
 * in.
 */
async function copySparse(from: string, to: string): Promise<void> {
  await runCopy(['cp', from, to], to);
}

/** With dd(1): cp would truncate the file first, and with it the reservation. */
async function copyInto(path: string, from: string): Promise<void> {
  const modes = ['bs=64K', 'conv=notrunc,sparse', 'status=none'];
  await runCopy(['dd', `if=${from}`, `of=${path}`, ...modes], path);
}

async function runCopy([program = '', ...words]: readonly string[], to: string): Promise<void> {
  const { failed, stderr } = await execa(program, words, { reject: false, stdin: 'ignore' });
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
