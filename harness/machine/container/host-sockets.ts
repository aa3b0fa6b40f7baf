import type { Socket } from 'node:net';
import { listenOnce, type Port } from '../port.ts';
import type { PrivateDirectory } from '../private-directory.ts';

/** The host's ends of a guest's streams; docs/guest-protocol.md says what they carry. */
export interface GuestStreams {
  readonly console: Socket;
  readonly control: Socket;
  readonly agentStdout: Socket;
  readonly agentStderr: Socket;
}

export type HostSockets = Readonly<Record<keyof GuestStreams, Port>>;

/** Listens on the sockets that init connects to when it starts. */
export async function openHostSockets(
  directory: PrivateDirectory,
  resources: AsyncDisposableStack,
): Promise<HostSockets> {
  const open = async (name: string) => resources.use(await listenOnce(directory.socketPath(name)));
  return {
    console: await open('console'),
    control: await open('control'),
    agentStdout: await open('stdout'),
    agentStderr: await open('stderr'),
  };
}

/**
 * What init has said on its console, for a guest whose streams will have no reader: it fails before
 * it has connected to all.
 */
export function collectEarlyWords({ console }: HostSockets): () => string {
  let socket: Socket | undefined;
  void console.connected.then((connected) => {
    socket = connected;
  });
  return () => String(socket?.read() ?? '').trim();
}

/** Resolves once init has connected to all of them. */
export async function connectionsOf(sockets: HostSockets): Promise<GuestStreams> {
  return {
    console: await sockets.console.connected,
    control: await sockets.control.connected,
    agentStdout: await sockets.agentStdout.connected,
    agentStderr: await sockets.agentStderr.connected,
  };
}
