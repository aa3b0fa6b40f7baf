import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import type { FileEntry } from '../file-entry.ts';
import { formatCpio } from './newc.ts';

export interface Initramfs {
  readonly path: string;
  /** `sha256:…` of its content. */
  readonly digest: string;
}

/** Changes when the same entries are written differently. */
const FORMAT = 1;
const NAME = 'initramfs.cpio';

/**
 * The initramfs made of several lists of entries, from the cache if it was made before. It is not
 * compressed: an emulated CPU takes longer to unpack bytes than to copy them. Each list becomes an
 * archive of its own; the kernel accepts any number of them in a row (buffer-format.rst).
 */
export async function makeInitramfs(
  cacheRoot: string,
  archives: readonly (readonly FileEntry[])[],
): Promise<Initramfs> {
  const lines = archives.map(describeEntries);
  const digest = digestOf([`format ${FORMAT}`, ...lines].join('\n\n'));
  const entry = await cachedEntry(
    cacheRoot,
    `initramfs/${nameOfDigest(digest)}`,
    async (folder) => {
      await using file = await open(join(folder, NAME), 'wx');
      for (const entries of archives) {
        for (const part of formatCpio(entries)) await file.writeFile(part);
      }
    },
  );
  return { path: join(entry, NAME), digest };
}

/** A text that differs for any other entries, and not for their order. */
export function describeEntries(entries: readonly FileEntry[]): string {
  return entries.map(describeEntry).sort().join('\n');
}

/** One line that differs for any other entry. */
export function describeEntry(entry: FileEntry): string {
  if (entry.kind !== 'file') return JSON.stringify(entry);
  return JSON.stringify({ ...entry, content: digestOf(entry.content) });
}

/** `sha256:…` of an agent's files as they lie in a guest, in their order: what results and locks name an agent by. */
export function digestAgentFiles(entries: readonly FileEntry[]): string {
  return digestOf(entries.map(describeEntry).join('\n'));
}
