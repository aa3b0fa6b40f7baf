/** One record of the kernel's log. */
export interface KernelRecord {
  /** Counts all records since the host booted, so that a gap shows how many were overwritten. */
  readonly sequence: number;
  /** Since the host booted. */
  readonly microseconds: number;
  /** `T` and the thread's id, or `C` and the CPU's; only from kernels with CONFIG_PRINTK_CALLER. */
  readonly caller?: string;
  readonly text: string;
}

/** Priority, sequence, time and flags, perhaps more fields, then the text. */
const RECORD = /^(\d+),(\d+),(\d+),[^,;]*((?:,[^,;]*)*);([^\n]*)/;
/** The lowest three bits of the priority are the level, the rest is the facility (syslog(3)). */
const LEVEL_BITS = 3;

/**
 * A record as read(2) returns it from /dev/kmsg (kernel Documentation/ABI/testing/dev-kmsg).
 * Undefined for what a program has written there: the kernel never lets it use facility 0, its own.
 */
export function parseKernelRecord(record: string): KernelRecord | undefined {
  const [, priority, sequence, microseconds, more = '', text = ''] = RECORD.exec(record) ?? [];
  if (priority === undefined || Number(priority) >> LEVEL_BITS !== 0) return undefined;
  const caller = /,caller=([TC]\d+)/.exec(more)?.[1];
  return {
    sequence: Number(sequence),
    microseconds: Number(microseconds),
    ...(caller === undefined ? {} : { caller }),
    text: text.replace(/\\x([0-9a-f]{2})/g, (_, hexadecimal: string) =>
      String.fromCharCode(Number.parseInt(hexadecimal, 16)),
    ),
  };
}

/** The record as it would be on the kernel's console (kernel/printk/printk.c, print_time and print_caller). */
export function formatKernelRecord({ microseconds, caller, text }: KernelRecord): string {
  const seconds = Math.floor(microseconds / 1e6);
  const fraction = String(microseconds % 1e6).padStart(6, '0');
  const who = caller === undefined ? '' : `[${caller.padStart(6)}]`;
  return `[${String(seconds).padStart(5)}.${fraction}]${who} ${text}\n`;
}
