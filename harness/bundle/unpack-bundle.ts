import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { asStorageError } from '../cache/storage-error.ts';
import { readingArchive } from '../kernels/archive/archive-error.ts';
import type { Bundle } from './bundle-format.ts';
import { readBundle } from './read-bundle.ts';

const PIECE_BYTES = 256 * 1024;

/**
 * Unpacks a bundle and compares everything in it with its digests.
 * @param folder A folder of ours that is empty. If this throws, what is in it must not be used.
 * Throws a UsageError if the file is no sound bundle, an InfraError if the disk is full.
 */
export async function unpackBundle(file: string, folder: string): Promise<Bundle> {
  const words = {
    archive: file,
    expected: 'a file that kmx bundle wrote',
    remedy: 'get the file again, or have kmx bundle write it again',
  };
  const source = createReadStream(file, { highWaterMark: PIECE_BYTES });
  const written = (path: string) => join(folder, path);
  return await readingArchive(words, () =>
    readBundle(source, {
      file: async ({ path, mode }, content) => {
        await writeTo(written(path), mode, content).catch((error: unknown) => {
          throw asStorageError(error, folder);
        });
      },
    }),
  );
}

async function writeTo(
  to: string,
  mode: number,
  content: AsyncIterable<Uint8Array>,
): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await pipeline(Readable.from(content), createWriteStream(to, { flags: 'wx', mode }));
}
