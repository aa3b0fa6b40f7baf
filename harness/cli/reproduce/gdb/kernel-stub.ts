import { once } from 'node:events';
import { connect } from 'node:net';
import { InfraError } from '../../../errors.ts';
import type { LiveGuest } from '../../../live-guest/live-guest.ts';
import type { Stub } from './gdb-relay.ts';

/**
 * Stops the guest if it runs, then removes all breakpoints and lets it run (QEMU gdbstub/gdbstub.c,
 * `gdb_read_byte`, `handle_detach`): QEMU does not do so when a debugger merely disappears. It must not be
 * told twice: QEMU 7.2 then crashes.
 */
const DETACH = '\x03$D;1#b0';

/** QEMU's own stub, which stops the guest. Rejects with an InfraError if it cannot be had. */
export async function openKernelStub({ serveDebugger }: LiveGuest): Promise<Stub> {
  if (serveDebugger === undefined) {
    throw new InfraError('the guest is a container, on the kernel of this host', {
      code: 'NO_GDB_STUB',
      remedy: 'name a cell whose machine is QEMU',
    });
  }
  const socket = connect(await serveDebugger());
  await once(socket, 'connect');
  return {
    input: socket,
    output: socket,
    async leave(hasDetached) {
      if (socket.writable && !hasDetached)
        await new Promise((resolve) => socket.write(DETACH, resolve));
      socket.destroy();
    },
  };
}
