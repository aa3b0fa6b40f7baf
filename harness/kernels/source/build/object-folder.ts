/**
 * Objects that all kernels of a tree and a compiler share, so that a build compiles only what depends on
 * symbols that have changed. kbuild knows what does: it records for each object the command, the headers
 * and the symbols that it was made from. ccache would have to preprocess each file again to find that out.
 */
import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { entryLock, removeEntry } from '../../../cache/existing-entry.ts';
import { takeLock, tryLock, type Waiting } from '../../../cache/host-lock.ts';
import { asStorageError } from '../../../cache/storage-error.ts';
import { parseJson } from '../../../parse-json.ts';
import { isKernelObject } from './kernel-object.ts';

/** Is there while make runs: objects of a build that was cut off cannot be trusted. */
const UNFINISHED = 'unfinished';
const OUTPUT = 'out';
const EXPECTED = 'expected.json';
const TIMES = 'times.json';
const LOG = 'make.log';

export interface ObjectFolder extends AsyncDisposable {
  /** make's `O=`, absolute. */
  readonly output: string;
  /** Where all that make prints goes. */
  readonly log: string;
  /** What earlier builds expect the next one to have; nothing if there was no build. */
  readonly expected: readonly string[];
  /** To be called once make has ended by itself, successfully or not. Otherwise the next user discards the folder. */
  settle(expected: readonly string[]): Promise<void>;
  /** Frees its space at once. */
  discard(): Promise<void>;
}

/** When make ran last: milliseconds since 1970. */
export interface BuildTimes {
  readonly beginMs: number;
  readonly endMs: number;
}

export interface OpenOptions extends Waiting {
  /** Whether objects of that time cannot be trusted: the folder is emptied. */
  readonly isStale?: ((times: BuildTimes) => Promise<boolean>) | undefined;
}

/**
 * The first of the folders for `keys` that is free, for this process alone until it is disposed of. Throws an
 * InfraError if the disk is full or read-only, the signal's reason if it is aborted while other builds are using
 * all of them.
 *
 * @param keys One or more.
 */
export async function openObjectFolder(
  root: string,
  keys: readonly string[],
  options: OpenOptions,
): Promise<ObjectFolder> {
  await using held = new AsyncDisposableStack();
  const { key, lock } = await lockFree(root, keys, options);
  held.use(lock);
  // Before anything says that a build has begun.
  options.signal?.throwIfAborted();
  const folder = join(root, key);
  const marker = join(folder, UNFINISHED);
  if ((await isThere(marker)) || (await isStale(folder, options))) await removeEntry(root, key);
  const beginMs = Date.now();
  try {
    await mkdir(join(folder, OUTPUT), { recursive: true });
    await writeFile(marker, '');
    // So that the least recently used objects are pruned first.
    await utimes(folder, new Date(), new Date());
  } catch (error) {
    throw asStorageError(error, root);
  }
  const expected = await readExpected(join(folder, EXPECTED));
  const mine = held.move();
  return {
    output: join(folder, OUTPUT),
    log: join(folder, LOG),
    expected,
    settle: async (expectedNext) => {
      const times: BuildTimes = { beginMs, endMs: Date.now() };
      await write(join(folder, EXPECTED), expectedNext, root);
      await write(join(folder, TIMES), times, root);
      await syncFileSystem(folder);
      await rm(marker);
    },
    discard: () => removeEntry(root, key),
    [Symbol.asyncDispose]: () => mine.disposeAsync(),
  };
}

/** Whether a build has left objects in it that the next one can use. */
export async function hasObjects(folder: string): Promise<boolean> {
  return (await isThere(join(folder, EXPECTED))) && !(await isThere(join(folder, UNFINISHED)));
}

/** A folder whose times are not known is. */
async function isStale(folder: string, options: OpenOptions): Promise<boolean> {
  if (options.isStale === undefined || !(await isThere(join(folder, EXPECTED)))) return false;
  const text = await readFile(join(folder, TIMES), 'utf8').catch(() => '');
  const times = parseJson(text) as Partial<BuildTimes> | undefined;
  const { beginMs, endMs } = times ?? {};
  if (typeof beginMs !== 'number' || typeof endMs !== 'number') return true;
  return await options.isStale({ beginMs, endMs });
}

interface Locked {
  readonly key: string;
  readonly lock: AsyncDisposable;
}

async function lockFree(
  root: string,
  keys: readonly string[],
  { onWait, signal }: Waiting,
): Promise<Locked> {
  for (const key of keys) {
    const lock = await tryLock(entryLock(root, key));
    if (lock !== undefined) return { key, lock };
  }
  const [first] = keys;
  if (first === undefined) throw new Error('Expected a folder of objects');
  return { key: first, lock: await takeLock(entryLock(root, first), { signal, onWait }) };
}

async function isThere(path: string): Promise<boolean> {
  return await readFile(path).then(
    () => true,
    () => false,
  );
}

/** Only progress depends on it. */
async function readExpected(path: string): Promise<string[]> {
  try {
    const names: unknown = JSON.parse(await readFile(path, 'utf8'));
    return Array.isArray(names) ? names.filter((name) => isKernelObject(String(name))) : [];
  } catch {
    return [];
  }
}

async function write(path: string, content: unknown, root: string): Promise<void> {
  try {
    await writeFile(path, JSON.stringify(content));
  } catch (error) {
    throw asStorageError(error, root);
  }
}

/** After a power loss, objects whose content was not written yet would be empty but look new. */
async function syncFileSystem(folder: string): Promise<void> {
  const { execa } = await import('execa');
  await execa('sync', ['--file-system', folder]);
}
