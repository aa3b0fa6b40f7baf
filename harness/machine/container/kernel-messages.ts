import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';

const PATH = '/dev/kmsg';
/**
 * Longest record that a kernel returns; read(2) fails with EINVAL if one does not fit. Linux 6.1 has
 * CONSOLE_EXT_LOG_MAX in include/linux/printk.h, newer ones the shorter PRINTK_MESSAGE_MAX in
 * kernel/printk/internal.h.
 */
const RECORD_BYTES = 8192;

/** The kernel's log from now on. */
export interface KernelMessages extends Disposable {
  /**
   * The next record; undefined if there is none yet, `overwritten` if the kernel needed the room of
   * some that were not read.
   */
  next(): string | undefined;
}

export const OVERWRITTEN = 'overwritten';

/** Throws an Error of `fs` if this user may not read it (`kernel.dmesg_restrict`). */
export function openKernelMessages(): KernelMessages {
  const descriptor = openSync(PATH, constants.O_RDONLY | constants.O_NONBLOCK);
  const buffer = Buffer.alloc(RECORD_BYTES);
  const next = (): string | undefined => {
    try {
      return buffer.toString('utf8', 0, readSync(descriptor, buffer));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return undefined;
      if (code === 'EPIPE') return OVERWRITTEN;
      throw error;
    }
  };
  skip(next);
  return { next, [Symbol.dispose]: () => closeSync(descriptor) };
}

/** What was logged before: Node has no lseek(2), which would skip it at once. */
function skip(next: () => string | undefined): void {
  while (next() !== undefined);
}

/** The cgroups of a process, as /proc says; undefined if there is no such process. */
export function cgroupsOfProcess(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return undefined;
  }
}
