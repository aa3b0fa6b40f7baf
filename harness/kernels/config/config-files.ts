/** Configurations in a folder: each once, packed, by digest. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { decompress } from '../decompress.ts';
import { readRegularFile } from '../read-regular-file.ts';
import { CONFIG_BYTES_MAX } from './ikconfig.ts';

/**
 * Writes a text unless it is there. The same text makes the same file. Throws an InfraError if the
 * disk is full or read-only, else as `fs` does.
 */
export async function writeConfigFile(folder: string, text: Uint8Array): Promise<void> {
  // Without a time and a name, which would make another file each time.
  await addFile(folder, digestOf(text), async (path) => {
    await writeFile(path, await promisify(gzip)(text), { flag: 'wx' });
  });
}

/** Copies a text from another such folder, unless it is there. Throws as `writeConfigFile` does. */
export async function copyConfigFile(from: string, to: string, digest: string): Promise<void> {
  await addFile(to, digest, async (path) => {
    // Not copyFile, which makes it as read-only as what is in the cache.
    await writeFile(path, await readFile(configPath(from, digest)), { flag: 'wx' });
  });
}

/**
 * The text with that digest. Throws an InfraError or another Error that says why it cannot be read, or
 * that the file holds something else.
 */
export async function readConfigFile(folder: string, digest: string): Promise<Buffer> {
  const limits = { bytesMax: CONFIG_BYTES_MAX, what: 'configurations' };
  const packed = await readRegularFile(configPath(folder, digest), limits);
  const unpacked = await decompress(packed, 'gzip', limits);
  if (unpacked.kind === 'content' && digestOf(unpacked.bytes) === digest) return unpacked.bytes;
  throw new Error('its content is not what its name says');
}

/** Where the text with that digest is. */
export function configPath(folder: string, digest: string): string {
  return join(folder, `${nameOfDigest(digest)}.config.gz`);
}

/** In one step: a reader sees the whole file or none. */
async function addFile(
  folder: string,
  digest: string,
  write: (path: string) => Promise<void>,
): Promise<void> {
  const path = configPath(folder, digest);
  if (existsSync(path)) return;
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await mkdir(folder, { recursive: true });
    await write(temporary);
    await rename(temporary, path);
  } catch (error) {
    // Why the file could not be written says more than why nothing could be removed.
    await rm(temporary, { force: true }).catch(() => undefined);
    throw asStorageError(error, folder);
  }
}
