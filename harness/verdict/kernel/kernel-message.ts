import type { OutputLine } from '../lines/line-splitter.ts';

/** One message of a console line. */
export interface ConsoleMessage {
  readonly text: string;
  /** `either` on a console without time stamps. */
  readonly from: 'kernel' | 'program' | 'either';
  /**
   * Who printed it: `T92` is a task, `C1` a CPU that was running none. Only with
   * CONFIG_PRINTK_CALLER.
   */
  readonly caller?: string;
}

export interface MessageSplitter {
  split(line: Pick<OutputLine, 'text'>): readonly ConsoleMessage[];
  /** Whether the kernel is known to stamp its lines. */
  readonly hasStamps: boolean;
}

/**
 * Time and caller as printk puts them before each line (kernel/printk/printk.c: print_time,
 * print_caller), with the priority that `console=` of some tools adds.
 */
const STAMP = /(?:<\d{1,3}>)?\[ *\d+\.\d{6}\](?:\[ *([TC]\d+)\])? ?|^\[ *([TC]\d+)\] ?/;
/** The same in bytes, for a first look. */
const STAMP_IN_BYTES = /\[ *(?:\d+\.\d{6}|[TC]\d+)\]/;

/**
 * Splits the lines of one console into messages. A program's unfinished line and a kernel message
 * may share a line. Once the kernel is known to stamp its lines, anything without a stamp is not
 * the kernel's; on a console without any stamps, everything may be the kernel's.
 */
export function createMessageSplitter(): MessageSplitter {
  let hasStamps = false;

  function split({ text }: Pick<OutputLine, 'text'>): readonly ConsoleMessage[] {
    const [before = '', ...parts] = text.split(STAMP);
    const messages: ConsoleMessage[] = [];
    for (let at = 0; at < parts.length; at += 3) {
      const caller = parts[at] ?? parts[at + 1];
      const message = { text: parts[at + 2] ?? '', from: 'kernel' as const };
      messages.push(caller === undefined ? message : { ...message, caller });
    }
    if (messages.length > 0) hasStamps = true;
    if (before === '') return messages;
    return [{ text: before, from: hasStamps ? 'program' : 'either' }, ...messages];
  }

  return {
    split,
    get hasStamps() {
      return hasStamps;
    },
  };
}

/** Index of the first time stamp in `from` to `to`, or -1. */
export function findStamp(bytes: Buffer, from: number, to: number): number {
  const bracket = bytes.subarray(from, to).indexOf('[');
  if (bracket === -1) return -1;
  const begin = from + bracket;
  const at = bytes.toString('latin1', begin, to).search(STAMP_IN_BYTES);
  return at === -1 ? -1 : begin + at;
}
