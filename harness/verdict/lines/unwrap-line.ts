/**
 * Lines arrive inside other lines: behind what syslog, the journal, dmesg, CI services and container
 * engines put before them, and in entries of logs. All of that is taken off here, once, before
 * anything is looked for; so it gets into no title and no signature.
 */
import { omitUndefined } from '../../omit-undefined.ts';
import { cleanText } from './clean-text.ts';
import { openFirst } from './envelope/all.ts';
import { openGuestConsole } from './envelope/copied-console.ts';
import { openObjectPart } from './envelope/entries.ts';
import type { Opened, Sender } from './envelope/opened.ts';
import type { OutputLine } from './line-splitter.ts';

/** A line without its envelopes, with the byte range of all of it. */
export interface UnwrappedLine extends OutputLine, Sender {
  /**
   * The innermost envelope that is more than a prefix: `console` is a shim that copies a guest's
   * console, `log` an entry in a program's log.
   */
  readonly wrapping?: 'console' | 'log';
}

/** Most lines are in none, a few in a container's log in the journal in the log of a CI service. */
const DEPTH_MAX = 8;

export function unwrapLine(line: OutputLine): readonly UnwrappedLine[] {
  return unwrap(line, DEPTH_MAX);
}

function unwrap(line: UnwrappedLine, depth: number, sandbox?: string): readonly UnwrappedLine[] {
  const opened = depth === 0 ? undefined : openOne(line, sandbox);
  if (opened === undefined) return line.isPart ? unwrapPart(line) : [line];
  return textsOf(opened.text).flatMap((text) =>
    unwrap(putIn(line, opened, text), depth - 1, opened.sandbox ?? sandbox),
  );
}

function openOne({ text, wrapping, isPart }: UnwrappedLine, sandbox?: string): Opened | undefined {
  const copied = openGuestConsole(text, wrapping === 'log', sandbox);
  if (copied !== undefined) return copied;
  return isPart && text.startsWith('{') ? undefined : openFirst(text);
}

/** Within a copied console the guest speaks: what outer envelopes say of the sender does not count. */
function putIn(line: UnwrappedLine, opened: Opened, text: string): UnwrappedLine {
  const { start, end, isPart, wrapping } = line;
  const { sender = {} } = opened;
  const outer = sender.channel === undefined ? senderOf(line, opened) : {};
  return {
    ...omitUndefined({ isPart, ...outer, wrapping: opened.wrapping ?? wrapping, ...sender }),
    text,
    start,
    end,
  };
}

/** The kernel logs no entries, and an entry that holds another has another writer. */
function senderOf(line: UnwrappedLine, opened: Opened): Sender {
  const { writer, tag, channel, wrapping } = line;
  if (opened.wrapping !== 'log') return omitUndefined({ writer, tag, channel });
  if (tag === 'kernel') return omitUndefined({ writer, channel });
  const inner = wrapping === 'log' ? `log of ${writer ?? ''}` : writer;
  return omitUndefined({ writer: inner, tag, channel });
}

function textsOf(text: string): readonly string[] {
  return text.split('\n').map(cleanText);
}

/** The strings of a part of an object, and what is left of it. */
function unwrapPart(line: UnwrappedLine): readonly UnwrappedLine[] {
  const opened = openObjectPart(line.text);
  if (opened === undefined) return [line];
  const strings = textsOf(opened.said).map((text) => putIn(line, { text, wrapping: 'log' }, text));
  return [...strings, { ...line, text: opened.rest }];
}
