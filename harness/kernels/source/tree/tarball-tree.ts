import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { digestFile, digestOf, nameOfDigest } from '../../../cache/digest.ts';
import { replaceCacheFile } from '../../../cache/replace-cache-file.ts';
import type { TreeSource } from '../../../matrix/matrix.ts';
import { parseJson } from '../../../parse-json.ts';
import { readingArchive } from '../../archive/archive-error.ts';
import { unpackStream } from '../../archive/unpack-stream.ts';
import type { BuildContext } from '../build-context.ts';
import { noTree } from './check-tree.ts';
import type { SourceTree } from './source-tree.ts';
import { unpackTar } from './unpack-tar.ts';
import { unpackedTree } from './unpacked-tree.ts';

/**
 * An archive as projects publish it: plain, or compressed with gzip, xz, zstd or bzip2, recognised by its
 * content. Throws a UsageError if there is no such file.
 */
export async function openTarballTree(
  { path }: Extract<TreeSource, { kind: 'tarball' }>,
  context: BuildContext,
): Promise<SourceTree> {
  const file = resolve(path);
  const sha256 = await digestTarball(file, path, context.cacheRoot);
  return unpackedTree(
    {
      digest: digestOf(`tarball ${sha256}`),
      origin: `${basename(path)} ${sha256.slice(0, 'sha256:'.length + 12)}`,
      kind: 'tarball',
      shown: path,
      unpack: (folder) => unpackTarball(file, path, folder, context.signal),
    },
    context,
  );
}

/** Unpacks an archive of sources. @param shown The archive as the user knows it. */
export async function unpackTarball(
  file: string,
  shown: string,
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(folder);
  const words = {
    archive: shown,
    expected: 'an archive of the sources of Linux',
    remedy: 'get it again, and compare it with the sha256 of whoever publishes it',
  };
  await readingArchive(words, () =>
    unpackTar(unpackStream(createReadStream(file, { highWaterMark: 1 << 18 })), folder, signal),
  );
}

/** Kept for as long as its inode does not change: reading it takes half a second. */
async function digestTarball(file: string, shown: string, cacheRoot: string): Promise<string> {
  try {
    const stats = await stat(file, { bigint: true });
    if (!stats.isFile()) {
      const remedy = `if it is a folder with sources, write tree: ${shown}`;
      throw noTree(shown, 'no regular file', { remedy });
    }
    const inode = [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join(' ');
    const kept = `tree-digests/${nameOfDigest(digestOf(file))}.json`;
    const text = await readFile(join(cacheRoot, kept), 'utf8').catch(() => '');
    const known = parseJson(text) as { inode?: unknown; sha256?: unknown } | undefined;
    if (known?.inode === inode && typeof known.sha256 === 'string') return known.sha256;
    const sha256 = await digestFile(file);
    await replaceCacheFile(cacheRoot, kept, JSON.stringify({ inode, sha256 }));
    return sha256;
  } catch (error) {
    const { code, path, message } = error as NodeJS.ErrnoException;
    if (path !== file || code === undefined) throw error;
    throw noTree(shown, code === 'ENOENT' ? 'no such file' : message, { cause: error });
  }
}
