/** The sockets of this host that carry a guest's streams, whatever the guest runs in. */
import type { Socket } from 'node:net';
import { listenOnce, type Port } from './port.ts';
import type { PrivateDirectory } from './private-directory.ts';

/** The host's ends of a guest's streams; docs/guest-protocol.md says what they carry. */
export interface GuestStreams {
  readonly console: Socket;
  readonly control: Socket;
  readonly agentStdout: Socket;
  readonly agentStderr: Socket;
}

export type GuestPorts = Readonly<Record<keyof GuestStreams, Port>>;

/** Listens for whoever connects the guest: QEMU, or init in a container. */
export async function openGuestPorts(
  directory: PrivateDirectory,
  resources: AsyncDisposableStack,
): Promise<GuestPorts> {
  const open = async (name: string) => resources.use(await listenOnce(directory.socketPath(name)));
  return {
    console: await open('console'),
    control: await open('control'),
    agentStdout: await open('stdout'),
    agentStderr: await open('stderr'),
  };
}
