import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { InfraError } from '../../errors.ts';

/** A unix socket that QEMU connects to, once, while it starts. Disposing closes what is open. */
export interface Port extends AsyncDisposable {
  readonly path: string;
  /** QEMU's connection. The listening socket is closed and its file gone when it settles. */
  readonly connected: Promise<Socket>;
}

/**
 * Listens before QEMU is started and lets it be the client: there is nothing to poll for, and no
 * byte of the guest can come before somebody is there to take it.
 */
export async function listenForQemu(path: string): Promise<Port> {
  const { promise: connected, resolve } = Promise.withResolvers<Socket>();
  let connection: Socket | undefined;
  const server = createServer((socket) => {
    connection = socket;
    server.close();
    // A killed QEMU that leaves bytes of ours unread resets the connection. Without a listener that
    // would end the harness; as it is, readers see the stream close.
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
