/**
 * The memory of a guest that can be saved is a file, so that it need not go through QEMU's
 * migration. On a disk, the file system has bookkeeping to do for each page that is written for the
 * first time, a third of a second per boot; so the file is created in memory where there is room.
 *
 * The file has no name, and QEMU inherits it as an open descriptor: it vanishes with the guest and
 * kmx, however they end. A QEMU in a container cannot inherit it: there it has a name until QEMU has
 * opened it.
 */
import { closeSync, constants, ftruncateSync, openSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { OpenFile } from './handed-files.ts';
import { RAM_FILE } from './saved-state.ts';
import { isRoomFor, SHARED_MEMORY } from './shared-memory.ts';

export interface SavableMemory extends OpenFile, Disposable {
  /** Writes a sparse copy: only what is not zero takes disk space. */
  copyTo(path: string): Promise<void>;
}

/** Linux include/uapi/asm-generic/fcntl.h: __O_TMPFILE and O_DIRECTORY. Node has no name for it. */
const O_TMPFILE = 0o20200000;
/** Nobody else may read a guest's memory. */
const MODE = 0o600;

/**
 * Creates the file. Throws an InfraError if that fails.
 * @param folder The guest's own, where the file goes if there is no room in memory.
 * @param bytes Size of the guest's memory.
 * @param template Folder of a saved guest whose memory to begin with.
 * @param memoryFolder In /dev/shm: the file gets a name, there or in `folder`.
 */
export async function makeSavableMemory(
  folder: string,
  bytes: number,
  { template, memoryFolder }: { readonly template?: string; readonly memoryFolder?: string } = {},
): Promise<SavableMemory> {
  using resources = new DisposableStack();
  const { descriptor, name } =
    memoryFolder === undefined
      ? openUnnamed(folder, bytes)
      : openNamed(join(memoryFolder, basename(folder)), join(folder, RAM_FILE), bytes);
  resources.defer(() => closeSync(descriptor));
  if (name !== undefined) resources.defer(() => rmSync(name, { force: true }));
  const path = `/proc/${process.pid}/fd/${descriptor}`;
  if (template !== undefined) await copyInto(path, join(template, RAM_FILE));
  const owned = resources.move();
  return {
    ...omitUndefined({ descriptor, name }),
    copyTo: (to) => copySparse(path, to),
    [Symbol.dispose]: () => owned.dispose(),
  };
}

function openUnnamed(folder: string, bytes: number): OpenFile {
  const inMemory = openInMemory(
    () => openSync(SHARED_MEMORY, O_TMPFILE | constants.O_RDWR, MODE),
    bytes,
  );
  if (inMemory !== undefined) return { descriptor: inMemory };
  const path = join(folder, RAM_FILE);
  const descriptor = openOnDisk(path, bytes);
  // Not every file system can create files without a name.
  rmSync(path);
  return { descriptor };
}

function openNamed(inMemory: string, onDisk: string, bytes: number): OpenFile {
  const descriptor = openInMemory(() => openSync(inMemory, 'wx+', MODE), bytes);
  if (descriptor !== undefined) return { descriptor, name: inMemory };
  rmSync(inMemory, { force: true });
  return { descriptor: openOnDisk(onDisk, bytes), name: onDisk };
}

/**
 * The file's length reserves the room. It is set before anyone adds up reservations, so that of two
 * guests that start together neither can overlook the other. A full /dev/shm ends QEMU with SIGBUS.
 */
function openInMemory(open: () => number, bytes: number): number | undefined {
  let descriptor: number;
  try {
    descriptor = open();
  } catch {
    return undefined;
  }
  ftruncateSync(descriptor, bytes);
  if (isRoomFor(descriptor)) return descriptor;
  closeSync(descriptor);
  return undefined;
}

function openOnDisk(path: string, bytes: number): number {
  try {
    const descriptor = openSync(path, 'wx+', MODE);
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
