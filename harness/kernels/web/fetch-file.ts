import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { sizeOf, trackFetch } from '../../debian/track-fetch.ts';
import { InfraError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { askServer, noAnswer, piecesOf, shownUrl, type WebAnswer } from './web-client.ts';

export interface ExpectedFile {
  /** For people. */
  readonly what: string;
  /** Hexadecimal digits. */
  readonly sha256: string;
  /** Whose word that is: `the matrix says`. */
  readonly says: string;
  /** More than that is not fetched. */
  readonly bytesMax: number;
}

type Progress = Pick<ProviderContext, 'onProgress'>;

/**
 * Fetches a file to a path where nothing is. What has another digest is removed again. Throws an
 * InfraError if it cannot be fetched as expected.
 */
export async function fetchFile(
  url: URL,
  to: string,
  expected: Omit<ExpectedFile, 'what'>,
  progress: Progress,
): Promise<void> {
  const answer = await askServer({ url });
  if (answer.status !== 200) {
    answer.body.destroy();
    throw noAnswer(url, `the server answers ${answer.status}`);
  }
  await saveBody(answer, url, to, { what: shownUrl(url), ...expected }, progress);
}

/** Writes the body of an answer, as `fetchFile` does. */
export async function saveBody(
  answer: WebAnswer,
  url: URL,
  to: string,
  { what, sha256, says, bytesMax }: ExpectedFile,
  { onProgress }: Progress,
): Promise<void> {
  const length = Number(answer.headers['content-length'] ?? Number.NaN);
  const bytesTotal = Number.isSafeInteger(length) ? length : undefined;
  const hash = createHash('sha256');
  async function* checked(): AsyncGenerator<Uint8Array> {
    let bytes = 0;
    for await (const piece of piecesOf(answer, url)) {
      bytes += piece.length;
      if (bytes > bytesMax) throw noAnswer(url, `it has more than the ${bytesMax} bytes allowed`);
      hash.update(piece);
      yield piece;
    }
  }
  const tracking = {
    what,
    countBytes: () => sizeOf(to),
    onProgress,
    ...omitUndefined({ bytesTotal }),
  };
  try {
    await trackFetch(tracking, async () => {
      await pipeline(Readable.from(checked()), createWriteStream(to, { flags: 'wx' }));
      const found = hash.digest('hex');
      if (found !== sha256) throw wrongDigest(what, says, sha256, found);
    });
  } catch (error) {
    await rm(to, { force: true });
    throw error;
  }
}

export function wrongDigest(what: string, says: string, sha256: string, found: string): InfraError {
  return new InfraError(`${what}: expected sha256 ${sha256}, as ${says}; found ${found}`, {
    code: 'WRONG_DIGEST',
    remedy: 'do not trust what is there now: ask whoever publishes it, then correct the digest',
  });
}
