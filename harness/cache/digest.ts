import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';

/** `sha256:…` of bytes, or of a text's UTF-8. */
export function digestOf(content: string | Uint8Array): string {
  return `sha256:${hash('sha256', content)}`;
}

/** Only larger files are read in pieces: for the many small ones that costs more than it saves. */
const WHOLE_BYTES_MAX = 16 * 1024 * 1024;

/** `sha256:…` of a file's content. Rejects as `fs` does if it cannot be read. */
export async function digestFile(path: string): Promise<string> {
  const { size } = await stat(path);
  if (size <= WHOLE_BYTES_MAX) return digestOf(await readFile(path));
  const sha256 = createHash('sha256');
  await pipeline(createReadStream(path), sha256);
  return `sha256:${sha256.digest('hex')}`;
}

/**
 * A digest as part of a file name, in whole: whoever can choose what is digested finds two that begin
 * with the same 16 digits.
 */
export function nameOfDigest(digest: string): string {
  return digest.replace(/^sha256:/, '');
}
