/** Just enough of GDB's remote protocol to write to a guest's memory. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { InfraError } from '../errors.ts';

/**
 * Writes bytes to a virtual address of the guest's kernel while the guest is stopped. Throws an
 * InfraError if QEMU refuses.
 */
export async function writeMemory(
  socketPath: string,
  address: bigint,
  bytes: Uint8Array,
): Promise<void> {
  const socket = connect(socketPath);
  try {
    await once(socket, 'connect');
    const hex = Buffer.from(bytes).toString('hex');
    await ask(`M${address.toString(16)},${bytes.length.toString(16)}:${hex}`);
    await ask('D');
  } finally {
    socket.destroy();
  }

  async function ask(packet: string): Promise<void> {
    socket.write(`$${packet}#${checksum(packet)}`);
    for (let answer = ''; ; ) {
      const [chunk] = await once(socket, 'data');
      answer += String(chunk);
      // Stop replies (`T…`) may arrive at any time.
      const replies = [...answer.matchAll(/\$([^#]*)#../g)].map(([, reply = '']) => reply);
      const reply = replies.find((one) => !one.startsWith('T'));
      if (reply === undefined) continue;
      socket.write('+');
      if (reply === 'OK') return;
      const what = `QEMU's gdbstub answered ${reply} to ${packet.slice(0, 1)}`;
      throw new InfraError(what, { code: 'GDB_STUB' });
    }
  }
}

function checksum(packet: string): string {
  const sum = Buffer.from(packet).reduce((total, byte) => total + byte, 0) & 0xff;
  return sum.toString(16).padStart(2, '0');
}
