/** One file, or standard input, as the text of one log or of several. */
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { takeHead } from '../kernels/archive/take-head.ts';
import { toLine } from '../text.ts';
import { decodeText, encodingOf } from './decode-text.ts';
import { createJunitTexts, isJunit, type LogSink } from './junit-texts.ts';
import { LogFault } from './log-fault.ts';
import { looksLikeText, refuseOthers } from './refuse-others.ts';
import { unpack } from './unpack.ts';

/** Enough for a JUnit report's root behind its comments. */
const HEAD_BYTES = 1 << 16;
/** Of unpacked text: a small file may unpack to any size, and would be read for hours. */
export const TEXT_BYTES_MAX = 4 * 1024 ** 3;

export interface ReadLogOptions {
  /** A file of another kind is refused if it merely looks like one. */
  readonly isStrict?: boolean;
  readonly bytesMax?: number;
}

/**
 * Reads it as it streams by, and says whether it looks like text. Throws a LogFault for what cannot be
 * read; logs that have begun by then end first, so that what was read counts.
 */
export async function readLog(
  source: AsyncIterable<Uint8Array>,
  sink: LogSink,
  { isStrict = false, bytesMax = TEXT_BYTES_MAX }: ReadLogOptions = {},
): Promise<{ readonly isText: boolean }> {
  const unpacked = await takeHead(unpack(source), HEAD_BYTES);
  refuseOthers(unpacked.head);
  const encoding = encodingOf(unpacked.head);
  const { head, chunks } =
    encoding === undefined
      ? unpacked
      : await takeHead(decodeText(unpacked.chunks, encoding), HEAD_BYTES);
  const isText = looksLikeText(head);
  if (isStrict && !isText) {
    throw new LogFault('expected the text of a log, found binary data', { isNoLog: true });
  }
  const limited = limit(chunks, bytesMax);
  if (isJunit(head)) await readJunit(limited, sink);
  else await readText(limited, sink);
  return { isText };
}

async function readText(chunks: AsyncIterable<Uint8Array>, sink: LogSink): Promise<void> {
  let hasBegun = false;
  try {
    for await (const chunk of chunks) {
      if (!hasBegun) sink.begin();
      hasBegun = true;
      sink.push(chunk);
    }
    if (!hasBegun) sink.begin();
    hasBegun = true;
  } finally {
    // Of what cannot be read at all there is no log.
    if (hasBegun) sink.end(1);
  }
}

async function readJunit(chunks: AsyncIterable<Uint8Array>, sink: LogSink): Promise<void> {
  const texts = createJunitTexts(sink);
  let fault: string | undefined;
  try {
    for await (const chunk of chunks) texts.push(chunk);
  } finally {
    fault = texts.end();
  }
  if (fault === undefined) return;
  throw new LogFault(`expected a JUnit report, found faulty XML (${fault})`, {
    remedy: 'what could be read of it was classified',
  });
}

async function* limit(
  chunks: AsyncIterable<Uint8Array>,
  bytesMax: number,
): AsyncGenerator<Uint8Array> {
  let left = bytesMax;
  for await (const chunk of chunks) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left < 0) {
      throw new LogFault(
        `it has more than ${bytesMax} bytes of text, of which the first were read`,
        {
          remedy: 'split it, or keep the part that matters: zcat FILE | tail -c 1G | kmx classify',
        },
      );
    }
  }
}

/** Opens a file whose name a user gave, or that lies in a folder. Throws a LogFault. */
export async function* readFileBytes(path: string): AsyncGenerator<Uint8Array> {
  try {
    const status = await stat(path);
    if (!status.isFile() && !status.isFIFO() && !status.isCharacterDevice()) {
      throw new LogFault('expected a file, a folder or a pipe, found something else');
    }
    await using handle = await open(path, constants.O_RDONLY);
    for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 18 })) yield chunk;
  } catch (error) {
    throw describeFault(error);
  }
}

const FAULTS: Readonly<Record<string, readonly [problem: string, remedy: string]>> = {
  ENOENT: ['there is no such file', 'check the name'],
  ENOTDIR: ['there is no such file', 'check the name'],
  EACCES: ['it may not be read', 'check who may read it: ls -l'],
  EPERM: ['it may not be read', 'check who may read it: ls -l'],
};

export function describeFault(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (error instanceof LogFault || code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  const [problem, remedy] = FAULTS[code] ?? [
    toLine(message),
    'try to read it with another program',
  ];
  return new LogFault(problem, { remedy });
}
