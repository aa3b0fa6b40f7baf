/** What an envelope holds and what it says about it. */
export interface Opened {
  /** One or several lines, as they were before they were wrapped. */
  readonly text: string;
  readonly sender?: Sender;
  /** `console`: a shim copied a guest's console. `log`: the text of an entry in a program's log. */
  readonly wrapping?: 'console' | 'log';
  /** The guest that an entry of a log is about. */
  readonly sandbox?: string;
}

/** Whose line an envelope says it is. */
export interface Sender {
  /** `kernel`, a program's `name[pid]`, or the name of a container. */
  readonly writer?: string;
  /** Whose words they are; unknown of a container or a program that may relay a guest's console. */
  readonly tag?: 'kernel' | 'program';
  /** What tells the outputs of several machines apart. */
  readonly channel?: string;
}

/** Opens an envelope if the line has one of its form. */
export type Envelope = (text: string) => Opened | undefined;

export const KERNEL: Sender = { writer: 'kernel', tag: 'kernel' };

/** An envelope that is a prefix of this form; `senderOf` reads the sender from its groups. */
export function behind(
  prefix: RegExp,
  senderOf: (match: RegExpExecArray) => Sender | undefined = () => undefined,
): Envelope {
  return (text) => {
    const match = prefix.exec(text);
    if (match === null || match[0] === '') return undefined;
    const sender = senderOf(match);
    const rest = text.slice(match[0].length);
    return sender === undefined ? { text: rest } : { text: rest, sender };
  };
}
