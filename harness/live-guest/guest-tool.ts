import { connect } from 'node:net';
import { type Readable, Transform, type TransformCallback, type Writable } from 'node:stream';
import type { WindowSize } from '../channel/messages.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { LiveGuest } from './live-guest.ts';

/** A program for a developer. Its path is one of the guest. */
export interface ToolProgram {
  readonly argv: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  /** Its standard streams are a terminal of this size; absent: a socket. */
  readonly terminal?: WindowSize;
}

export type ToolEnd =
  | { readonly kind: 'exited'; readonly code: number | null; readonly signal: string | null }
  /** The guest ended first, or init cannot be heard any more. */
  | { readonly kind: 'guest-lost'; readonly why: string };

/** A tool that runs. Disposing kills it with everything in its session. */
export interface GuestTool extends AsyncDisposable {
  readonly pid: number;
  /** Ending it hangs up: a tool with a terminal gets SIGHUP. */
  readonly input: Writable;
  /** Its standard output and standard error. Ends with the tool; the whole output comes before that. */
  readonly output: Readable;
  /** Never rejects. */
  readonly ended: Promise<ToolEnd>;
  resize(size: WindowSize): Promise<void>;
}

/** What a tool needs of its guest. */
export type ToolGuest = Pick<LiveGuest, 'client' | 'channel' | 'toolSocket' | 'ended'>;

/**
 * Starts a program in the guest and connects to it. The agent may have ended: only init is needed.
 * Rejects with a GuestError if it cannot be started, or another tool is running (EBUSY).
 */
export async function startTool(guest: ToolGuest, program: ToolProgram): Promise<GuestTool> {
  const { client, channel } = guest;
  const { argv, environment: env, workingDirectory: cwd, terminal } = program;
  const { pid } = await client.request('start-tool', {
    argv,
    ...omitUndefined({ env, cwd, terminal }),
  });
  const socket = connect(guest.toolSocket);
  // It closes, too; and what the end of a guest does to its sockets is no news.
  socket.on('error', () => {});
  const output = socket.pipe(new BytesUntilEnd());
  socket.on('close', () => output.end());
  const exit = channel.toolExit(pid).then(({ code, signal, outputBytes }): ToolEnd => {
    output.endAt(outputBytes);
    return { kind: 'exited', code, signal };
  });
  const lost = Promise.race([
    channel.lost.then(({ message }) => message),
    guest.ended.then(() => 'the guest has ended'),
  ]).then((why): ToolEnd => {
    output.end();
    return { kind: 'guest-lost', why };
  });
  let hasEnded = false;
  const ended = Promise.race([exit, lost]);
  void ended.then(() => {
    hasEnded = true;
  });
  return {
    pid,
    input: socket,
    output,
    ended,
    async resize(size) {
      if (!hasEnded) await client.request('resize-tool', size);
    },
    async [Symbol.asyncDispose]() {
      // A guest that does not answer keeps its tool until it is ended itself.
      if (!hasEnded) await client.request('stop-tool', {}).catch(() => {});
      socket.destroy();
    },
  };
}

/** Passes bytes through, up to a number that is told later: a guest's port has no end of its own. */
class BytesUntilEnd extends Transform {
  #passed = 0;
  #end = Number.POSITIVE_INFINITY;

  endAt(bytes: number): void {
    this.#end = bytes;
    if (this.#passed >= bytes) this.end();
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    this.#passed += chunk.length;
    done(null, chunk);
    if (this.#passed >= this.#end) this.end();
  }
}
