import type { Socket } from 'node:net';
import type { GuestPorts, GuestStreams } from '../guest-ports.ts';

/**
 * What init has said on its console, for a guest whose streams will have no reader: it fails before
 * it has connected to all.
 */
export function collectEarlyWords({ console }: GuestPorts): () => string {
  let socket: Socket | undefined;
  void console.connected.then((connected) => {
    socket = connected;
  });
  return () => String(socket?.read() ?? '').trim();
}

/** Resolves once init has connected to all of them. */
export async function connectionsOf(sockets: GuestPorts): Promise<GuestStreams> {
  return {
    console: await sockets.console.connected,
    control: await sockets.control.connected,
    agentStdout: await sockets.agentStdout.connected,
    agentStderr: await sockets.agentStderr.connected,
  };
}
