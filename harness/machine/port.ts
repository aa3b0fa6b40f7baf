import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { InfraError } from '../errors.ts';

/** A unix socket that a guest's machine connects to once. Disposing closes what is open. */
export interface Port extends AsyncDisposable {
  readonly path: string;
  /** The machine's connection. By then the listening socket is closed and its file removed. */
  readonly connected: Promise<Socket>;
}

/**
 * Listens before the machine starts, with the machine as the client: so there is nothing to poll
 * for, and no byte of the guest's can arrive before there is somebody to read it.
 */
export async function listenOnce(path: string): Promise<Port> {
  const { promise: connected, resolve } = Promise.withResolvers<Socket>();
  let connection: Socket | undefined;
  const server = createServer((socket) => {
    connection = socket;
    server.close();
    // If the machine is killed before it has read all of our bytes, the connection is reset. Without
    // a listener that error would end the harness; readers see the stream close.
    socket.on('error', () => undefined);
    resolve(socket);
  });
  try {
    server.listen(path);
    await once(server, 'listening');
  } catch (cause) {
    throw new InfraError(`cannot listen on the socket ${path}`, { code: 'NO_SOCKET', cause });
  }
  return {
    path,
    connected,
    async [Symbol.asyncDispose]() {
      connection?.destroy();
      server.close();
      if (connection !== undefined && !connection.closed) await once(connection, 'close');
    },
  };
}
