/**
 * Reading what a guest has said so far to its end. Init counts what it has passed on of the agent's
 * streams: having read as much means having seen all that the agent wrote before. A guest that
 * cannot answer is about to end or is stuck; if it ends, with all streams read, that is as good.
 */
import pTimeout from 'p-timeout';
import type { Guest } from '../channel/guest.ts';
import type { ResultOf } from '../channel/messages.ts';
import type { GuestOutput } from './guest-output.ts';
import type { RecordedStream, StreamBytes } from './recorded-stream.ts';

export type Drained =
  /** Everything was read. Without an answer the guest has ended. */
  | { readonly kind: 'whole'; readonly answer?: ResultOf<'drain'> }
  /** Some of it may not have been read. */
  | { readonly kind: 'partial'; readonly why: string; readonly answer?: ResultOf<'drain'> };

export interface DrainOptions {
  readonly client: Guest;
  readonly output: GuestOutput;
  /** What the agent's streams carried before the guest was saved: init counts from its boot. */
  readonly bytesBefore: StreamBytes;
  /** Resolves when the machine has ended and its streams were read to their end. */
  readonly ended: Promise<void>;
  readonly timeoutMs: number;
}

export async function drainGuest(options: DrainOptions): Promise<Drained> {
  const { client, ended, timeoutMs } = options;
  const within = { milliseconds: timeoutMs, message: false } as const;
  const isOver = ended.then(() => true);
  const answer = await client.request('drain', {}, timeoutMs).catch((error: unknown) => {
    return error instanceof Error ? error : new Error(String(error));
  });
  if (!(answer instanceof Error)) {
    const missing = await readAll(options, answer);
    if (missing === undefined) return { kind: 'whole', answer };
    if ((await pTimeout(isOver, within)) === true) return { kind: 'whole', answer };
    return { kind: 'partial', why: missing, answer };
  }
  if ((await pTimeout(isOver, within)) === true) return { kind: 'whole' };
  return { kind: 'partial', why: `init did not say how much there is to read: ${answer.message}` };
}

/** @returns What is missing once the time is over; undefined if nothing is. */
async function readAll(
  { output, bytesBefore, timeoutMs }: DrainOptions,
  { stdoutBytes, stderrBytes }: ResultOf<'drain'>,
): Promise<string | undefined> {
  const streams = [
    { name: 'stdout', stream: output.stdout, bytes: stdoutBytes - bytesBefore.stdout },
    { name: 'stderr', stream: output.stderr, bytes: stderrBytes - bytesBefore.stderr },
  ];
  const read = Promise.all(streams.map(({ stream, bytes }) => stream.waitFor(bytes)));
  await pTimeout(read, { milliseconds: timeoutMs, message: false });
  return streams.map((one) => describeMissing(one)).find((missing) => missing !== undefined);
}

function describeMissing({
  name,
  stream,
  bytes,
}: {
  readonly name: string;
  readonly stream: RecordedStream;
  readonly bytes: number;
}): string | undefined {
  if (stream.bytes >= bytes) return undefined;
  return `of ${bytes} bytes on the agent's ${name} only ${stream.bytes} were read`;
}
