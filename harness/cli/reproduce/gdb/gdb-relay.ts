import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { PacketWatch } from '../../../gdb/packet-watch.ts';
import { makePrivateDirectory } from '../../../machine/private-directory.ts';

/** The other end of a debugger's connection. */
export interface Stub {
  readonly input: Writable;
  readonly output: Readable;
  /**
   * The debugger has left, and if it was killed, without having detached: the target is to run on as if it
   * had never been there. Never rejects.
   */
  leave(hasDetached: boolean): Promise<void>;
}

/** Connects to what serves GDB's protocol. Rejects if that cannot be had. */
export type OpenStub = () => Promise<Stub>;

export interface GdbRelay extends AsyncDisposable {
  /** The unix socket that a debugger connects to; only this user can. */
  readonly path: string;
  /** Resolves once a debugger has let the target run, or has left. */
  readonly released: Promise<void>;
  /** A debugger is connected. */
  readonly isInUse: boolean;
  /** Resolves at once if no debugger is connected, else when it leaves. Never rejects. */
  untilAlone(): Promise<void>;
}

export interface GdbRelayEvents {
  readonly onConnect: () => void;
  readonly onLeave: () => void;
  /** The stub could not be reached; the debugger was turned away. */
  readonly onRefused: (error: unknown) => void;
}

/**
 * A socket for one debugger at a time, one after the other, each connected to a stub of its own. Disposing
 * turns the debugger away.
 */
export async function openGdbRelay(
  openStub: OpenStub,
  { onConnect, onLeave, onRefused }: GdbRelayEvents,
): Promise<GdbRelay> {
  const directory = await makePrivateDirectory();
  const path = directory.socketPath('gdb');
  const released = Promise.withResolvers<void>();
  let current: { readonly socket: Socket; readonly left: Promise<void> } | undefined;

  async function serve(socket: Socket): Promise<void> {
    // What a debugger does before it ends is no news.
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    const stub = await openStub().catch((error: unknown) => {
      onRefused(error);
      socket.destroy();
    });
    if (stub === undefined) return;
    onConnect();
    const watch = join(socket, stub, () => released.resolve());
    await closed;
    await stub.leave(watch.hasDetached);
    onLeave();
    released.resolve();
  }

  const server = createServer((socket) => {
    if (current !== undefined) {
      socket.destroy();
      return;
    }
    const left = serve(socket).finally(() => {
      current = undefined;
    });
    current = { socket, left };
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    path,
    released: released.promise,
    get isInUse() {
      return current !== undefined;
    },
    untilAlone: async () => await current?.left,
    async [Symbol.asyncDispose]() {
      server.close();
      current?.socket.destroy();
      await current?.left;
      await directory[Symbol.asyncDispose]();
    },
  };
}

/** Until one of them ends, which ends the other. */
function join(socket: Socket, { input, output }: Stub, onRun: () => void): PacketWatch {
  const watch = new PacketWatch((state) => {
    if (state === 'running') onRun();
  });
  socket.on('data', (chunk) => watch.pushDebugger(chunk));
  output.on('data', (chunk: Buffer) => watch.pushStub(chunk));
  for (const stream of [input, output]) stream.on('error', () => {});
  output.once('close', () => socket.end());
  socket.pipe(input, { end: false });
  output.pipe(socket);
  return watch;
}
