import type { UnwrappedLine } from '../lines/unwrap-line.ts';

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
  /** The program that an envelope names. */
  readonly writer?: string;
}

export interface MessageSplitter {
  split(
    line: Pick<UnwrappedLine, 'text' | 'tag' | 'writer' | 'wrapping'>,
  ): readonly ConsoleMessage[];
  /** Whether it is known how the kernel's lines differ from others. */
  readonly knowsKernel: boolean;
}

/**
 * Time and caller as printk puts them before each line (kernel/printk/printk.c: print_time,
 * print_caller), with the priority that `console=` of some tools adds. At the beginning of a line
 * any precision will do: tools cut it, and people do.
 */
const CALLER = String.raw`\[ *([TC]\d+)(?:@[^\]]{0,40})?\]`;
const STAMP = new RegExp(
  [
    String.raw`(?:<\d{1,3}>)?\[ *\d+\.\d{6}\](?: ?${CALLER})? ?`,
    String.raw`^(?:<\d{1,3}>)?\[ *\d{1,9}\.\d{1,9}\](?: ?${CALLER})? ?`,
    `^${CALLER} ?`,
  ].join('|'),
);
/** One message, nothing before it, and certainly no other one in it: most lines are such. */
const USUAL = /^\[ *\d+\.\d{6}\] ?(?! ?\[)(?=[^[]*(?:\[[^\d C T][^[]*)*$)/;
/** The groups of a stamp: whichever form it has, one of them is the caller. */
const FORMS = 3;
/** Half a stamp, where two lines got mixed up, does not show that the kernel stamps its lines. */
const CERTAIN = /\[ *(?:\d+\.(?:\d{3}|\d{6}|\d{9})|[TC]\d+(?:@[^\]]{0,40})?)\]/;

/**
 * Splits the lines of one console into messages. A program's unfinished line and a kernel message
 * may share a line. Once the kernel is known to stamp its lines, anything without a stamp is not
 * the kernel's. Where there are no stamps but a log that tags the kernel's lines, untagged ones are
 * a program's; on a console without either, everything may be the kernel's.
 *
 * @param isElsewhereKnown Whether another part of the stream has shown how the kernel's lines look.
 */
export function createMessageSplitter(
  isElsewhereKnown: () => boolean = () => false,
): MessageSplitter {
  let hasStamps = false;
  /** Of the lines that are tagged as the kernel's. */
  let hasTaggedStamps = false;
  let hasTags = false;

  function note(tag: UnwrappedLine['tag'], isStamped: boolean): void {
    if (tag === 'kernel') {
      hasTags = true;
      hasTaggedStamps ||= isStamped;
    } else if (tag === undefined) hasStamps ||= isStamped;
  }

  /** Of a text without a stamp. */
  function isByProgram({ tag, wrapping }: Parameters<MessageSplitter['split']>[0]): boolean {
    if (tag === 'program') return true;
    if (tag === 'kernel') return hasTaggedStamps;
    return hasStamps || hasTags || (wrapping === 'log' && isElsewhereKnown());
  }

  function split(line: Parameters<MessageSplitter['split']>[0]): readonly ConsoleMessage[] {
    const { text, tag, writer } = line;
    if (hasStamps && tag === undefined) {
      const stamp = USUAL.exec(text)?.[0];
      if (stamp !== undefined) return [{ text: text.slice(stamp.length), from: 'kernel' }];
    }
    const [before = '', ...parts] = text.split(STAMP);
    const messages: ConsoleMessage[] = [];
    for (let at = 0; at < parts.length; at += FORMS + 1) {
      const caller = parts.slice(at, at + FORMS).find((group) => group !== undefined);
      const message = { text: parts[at + FORMS] ?? '', from: 'kernel' as const };
      messages.push(caller === undefined ? message : { ...message, caller });
    }
    if (messages.length > 0 || tag === 'kernel') note(tag, CERTAIN.test(text));
    if (before === '') return messages;
    const from = isByProgram(line) ? 'program' : 'either';
    const first = { text: before, from } as const;
    return [writer === undefined ? first : { ...first, writer }, ...messages];
  }

  return {
    split,
    get knowsKernel() {
      return hasStamps || hasTags;
    },
  };
}
