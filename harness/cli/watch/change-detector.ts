/**
 * Finds out which files have other bytes than before. Written by hand and by looking at the files again and again,
 * since watchers (inotify, and chokidar on top of it) watch inodes: a build that removes the agent's folder, or a
 * link that leads to another file, leaves them with nothing to watch. A look at a few files costs next to nothing.
 */
import { stat } from 'node:fs/promises';
import { digestFile } from '../../cache/digest.ts';

interface Watched {
  /** Of the file as it was last seen; undefined: it is not there. */
  stamp: string | undefined;
  /** Of the file whose bytes are known. */
  readStamp: string | undefined;
  digest: string | undefined;
}

/** For this long no file may change before its bytes count: linkers and editors write in pieces. */
export const SETTLE_MS = 250;

export class ChangeDetector {
  #files = new Map<string, Watched>();
  #required: ReadonlySet<string> = new Set();
  #unsettledMs: number | undefined;

  /**
   * Watches these files from now on, and no others. What is known of files that were watched before is kept.
   * @param required Nothing counts as changed while one of them is missing.
   */
  async watch(paths: readonly string[], required: readonly string[]): Promise<void> {
    const entries = paths.map(async (path) => [path, await this.#known(path)] as const);
    this.#files = new Map(await Promise.all(entries));
    this.#required = new Set(required);
  }

  /** Required files that were not there when the detector last looked. */
  get missing(): readonly string[] {
    return [...this.#required].filter((path) => this.#files.get(path)?.stamp === undefined);
  }

  /**
   * Looks at the files. Returns those whose bytes have changed, once all have been left alone for `SETTLE_MS`; a file
   * that is not there any more is none of them.
   * @param nowMs Of a clock that never goes back.
   */
  async look(nowMs: number): Promise<readonly string[]> {
    const files = [...this.#files];
    await Promise.all(
      files.map(async ([path, file]) => {
        const stamp = await stampOf(path);
        if (stamp === file.stamp) return;
        file.stamp = stamp;
        this.#unsettledMs = nowMs;
      }),
    );
    if (this.#unsettledMs === undefined || this.missing.length > 0) return [];
    if (nowMs - this.#unsettledMs < SETTLE_MS) return [];
    const read = await Promise.all(files.map(([path, file]) => readAgain(path, file)));
    // Written to meanwhile: the next look sees it.
    if (read.includes(undefined)) return [];
    this.#unsettledMs = undefined;
    return files.flatMap(([path, file], index) => {
      const now = read[index];
      if (now === undefined || now === 'absent') return [];
      file.readStamp = now.stamp;
      const hasChanged = now.digest !== file.digest;
      file.digest = now.digest;
      return hasChanged ? [path] : [];
    });
  }

  async #known(path: string): Promise<Watched> {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const stamp = await stampOf(path);
    const digest = await digestIfThere(path);
    return { stamp, readStamp: stamp, digest };
  }
}

/** Undefined if the file is being changed. */
async function readAgain(
  path: string,
  { stamp, readStamp, digest }: Watched,
): Promise<{ readonly stamp: string; readonly digest: string } | 'absent' | undefined> {
  if (stamp === undefined) return 'absent';
  if (stamp === readStamp && digest !== undefined) return { stamp, digest };
  const found = await digestIfThere(path);
  return found !== undefined && (await stampOf(path)) === stamp
    ? { stamp, digest: found }
    : undefined;
}

/** Of the file that a link leads to. Changes with each write, each `touch`, and when another file takes its place. */
async function stampOf(path: string): Promise<string | undefined> {
  const found = await ifThere(stat(path, { bigint: true }));
  return found?.isFile() === true
    ? [found.dev, found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ')
    : undefined;
}

function digestIfThere(path: string): Promise<string | undefined> {
  return ifThere(digestFile(path));
}

/** While files are replaced, folders and permissions may be any. */
const PASSING: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'EACCES'];

async function ifThere<T>(promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (PASSING.includes((error as NodeJS.ErrnoException).code)) return undefined;
    throw error;
  }
}
