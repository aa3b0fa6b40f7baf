import type { OutputLine } from './line-splitter.ts';

/** One message of a console line. */
export interface ConsoleMessage {
  readonly text: string;
  /** `either` on a console without time stamps. */
  readonly from: 'kernel' | 'program' | 'either';
}

export interface MessageSplitter {
  split(line: OutputLine): readonly ConsoleMessage[];
  /** Whether the kernel was seen to stamp its lines. */
  readonly hasStamps: boolean;
}

/**
 * Time and caller as printk puts them before each line (kernel/printk/printk.c: print_time,
 * print_caller), with the priority that `console=` of some tools keeps.
 */
const STAMP = /(?:<\d{1,3}>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? ?|^\[ *[TC]\d+\] ?/;

/**
 * Splits the lines of one console into messages. A program's unfinished line and a kernel message
 * may share a line. Once a kernel was seen to stamp its lines, what has no stamp is not the
 * kernel's; a console without any may be all the kernel's.
 */
export function createMessageSplitter(): MessageSplitter {
  let hasStamps = false;

  function split({ text }: OutputLine): readonly ConsoleMessage[] {
    const [before = '', ...stamped] = text.split(STAMP);
    if (stamped.length > 0) hasStamps = true;
    const messages = stamped.map((message) => ({ text: message, from: 'kernel' as const }));
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
