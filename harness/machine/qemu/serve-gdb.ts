import { InfraError } from '../../errors.ts';
import type { GuestControl } from './guest-control.ts';

/**
 * Has QEMU serve GDB's remote protocol on a unix socket (QEMU docs/system/gdb.rst). It can be asked while
 * the guest runs, but only once. QMP has no command of its own for it.
 *
 * @returns The path. Throws an InfraError if QEMU refuses.
 */
export async function serveGdb(control: GuestControl, path: string): Promise<string> {
  const device = `unix:${path},server=on,wait=off`;
  const answer = await control.execute('human-monitor-command', {
    'command-line': `gdbserver "${device}"`,
  });
  // The monitor's commands answer in words, and have no codes for errors.
  if (String(answer).includes('Waiting for gdb connection')) return path;
  throw new InfraError(`QEMU does not serve a debugger: ${String(answer).trim()}`, {
    code: 'NO_GDB_STUB',
  });
}
