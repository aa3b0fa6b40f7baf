/**
 * Reads everything that a guest has printed so far. Init counts the bytes of the agent's streams
 * that it has passed on: once we have read as many, we have seen everything that the agent wrote
 * before. A guest that cannot answer is stuck or about to end; an end with all streams read is as
 * good.
 */
import pTimeout from 'p-timeout';
import type { Guest } from '../channel/guest.ts';
import type { ResultOf } from '../channel/messages.ts';
import type { GuestOutput } from './guest-output.ts';
import type { RecordedStream, StreamBytes } from './recorded-stream.ts';

export type Drained =
  /** Everything was read. Without an answer the guest has ended. */
  | { readonly kind: 'whole'; readonly answer?: ResultOf<'drain'> }
  /** Some output may not have been read. */
  | { readonly kind: 'partial'; readonly why: string; readonly answer?: ResultOf<'drain'> };

export interface DrainOptions {
  readonly client: Guest;
  readonly output: GuestOutput;
  /** What the agent's streams carried before the guest was saved, as init counts from its boot. */
  readonly bytesBefore: StreamBytes;
  /** Resolves when the machine has ended and its streams have been read to their end. */
  readonly ended: Promise<void>;
  /** How many bytes the console has carried up to now, where that can be told. */
  readonly countConsoleBytes?: () => number;
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

/** @returns What is still missing after the timeout; undefined if nothing is. */
async function readAll(
  { output, bytesBefore, countConsoleBytes, timeoutMs }: DrainOptions,
  { stdoutBytes, stderrBytes }: ResultOf<'drain'>,
): Promise<string | undefined> {
  const streams = [
    { name: "the agent's stdout", stream: output.stdout, bytes: stdoutBytes - bytesBefore.stdout },
    { name: "the agent's stderr", stream: output.stderr, bytes: stderrBytes - bytesBefore.stderr },
    { name: 'the console', stream: output.console, bytes: countConsoleBytes?.() ?? 0 },
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
  return `only ${stream.bytes} of ${bytes} bytes on ${name} were read`;
}
