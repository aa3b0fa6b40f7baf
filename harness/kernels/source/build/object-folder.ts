/**
 * Objects that all kernels of a tree and a compiler share, so that a build compiles only what depends on
 * symbols that have changed. kbuild knows what does: it records for each object the command, the headers
 * and the symbols that it was made from. ccache would have to preprocess each file again to find that out.
 */
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entryLock, removeEntry } from '../../../cache/existing-entry.ts';
import { takeLock, type Waiting } from '../../../cache/host-lock.ts';
import { asStorageError } from '../../../cache/storage-error.ts';

/** Is there while make runs: objects of a build that was cut off cannot be trusted. */
const UNFINISHED = 'unfinished';
const OUTPUT = 'out';
const ORDER = 'order.json';
const LOG = 'make.log';

export interface ObjectFolder extends AsyncDisposable {
  /** make's `O=`, absolute. */
  readonly output: string;
  /** Where all that make prints goes. */
  readonly log: string;
  /** The objects of earlier builds in their order; none if there was no build. */
  readonly order: readonly string[];
  /** To be called once make has ended by itself, successfully or not. Otherwise the next user discards the folder. */
  settle(order: readonly string[]): Promise<void>;
  /** Frees its space at once. */
  discard(): Promise<void>;
}

/**
 * The folder for `key`, for this process alone until it is disposed of. Throws an InfraError if the disk
 * is full or read-only, the signal's reason if it is aborted while another build is using it.
 */
export async function openObjectFolder(
  root: string,
  key: string,
  waiting: Waiting,
): Promise<ObjectFolder> {
  await using held = new AsyncDisposableStack();
  held.use(await takeLock(entryLock(root, key), waiting));
  // Before anything says that a build has begun.
  waiting.signal?.throwIfAborted();
  const folder = join(root, key);
  const marker = join(folder, UNFINISHED);
  if (await isThere(marker)) await removeEntry(root, key);
  try {
    await mkdir(join(folder, OUTPUT), { recursive: true });
    await writeFile(marker, '');
    // So that the least recently used objects are pruned first.
    await utimes(folder, new Date(), new Date());
  } catch (error) {
    throw asStorageError(error, root);
  }
  const order = await readOrder(join(folder, ORDER));
  const mine = held.move();
  return {
    output: join(folder, OUTPUT),
    log: join(folder, LOG),
    order,
    settle: async (newOrder) => {
      await writeOrder(join(folder, ORDER), newOrder, root);
      await syncFileSystem(folder);
      await rm(marker);
    },
    discard: () => removeEntry(root, key),
    [Symbol.asyncDispose]: () => mine.disposeAsync(),
  };
}

async function isThere(path: string): Promise<boolean> {
  return await readFile(path).then(
    () => true,
    () => false,
  );
}

/** Only progress depends on it. */
async function readOrder(path: string): Promise<string[]> {
  try {
    const order: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(order) ? order.filter((name) => typeof name === 'string') : [];
  } catch {
    return [];
  }
}

async function writeOrder(path: string, order: readonly string[], root: string): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(order));
  } catch (error) {
    throw asStorageError(error, root);
  }
}

/** After a power loss, objects whose content was not written yet would be empty but look new. */
async function syncFileSystem(folder: string): Promise<void> {
  const { execa } = await import('execa');
  await execa('sync', ['--file-system', folder]);
}
