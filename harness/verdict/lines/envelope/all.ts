import { AFTER_TIME, BRACKETED_TIMES, CI_MARKS, TIMES } from './ci.ts';
import { BRACKETED_CONTAINERS, CONTAINERS, CRI, XEN } from './containers.ts';
import { BRACKETED_DMESG, DMESG_LEVELS, DMESG_NUMBERS, PRIORITY } from './dmesg.ts';
import { openLogfmt, openObject } from './entries.ts';
import { BRACKETED_NETCONSOLE, NETCONSOLE } from './netconsole.ts';
import type { Envelope, Opened } from './opened.ts';
import { openTag } from './program-tag.ts';
import { BYTE_ORDER_MARK, QUOTE } from './quotes.ts';
import { openField, openMonotonic, openRfc5424, openSyslog } from './syslog.ts';

/** printk's own stamp is no envelope; with a program's tag behind it, it is. */
const STAMP = /^\[ *\d{1,9}\.\d{1,9}\]/;

/*
 * By the first character. The first that fits counts: what says more comes before what says less.
 */
const STAMPED: readonly Envelope[] = [openMonotonic];
const BRACKETED: readonly Envelope[] = [
  openMonotonic,
  ...BRACKETED_DMESG,
  ...BRACKETED_CONTAINERS,
  ...BRACKETED_TIMES,
  ...BRACKETED_NETCONSOLE,
];
const OBJECTS: readonly Envelope[] = [openObject];
const NUMBERED: readonly Envelope[] = [
  ...DMESG_NUMBERS,
  CRI,
  ...NETCONSOLE,
  ...AFTER_TIME,
  openSyslog,
  ...TIMES,
  ...CONTAINERS,
];
const PRIORITISED: readonly Envelope[] = [openRfc5424, openSyslog, openMonotonic, PRIORITY];
const NAMED: readonly Envelope[] = [
  ...DMESG_LEVELS,
  ...CI_MARKS,
  openSyslog,
  // On a console without time stamps.
  openTag,
  openField,
  openLogfmt,
  ...TIMES,
  ...CONTAINERS,
];
const OTHERS: readonly Envelope[] = [
  BYTE_ORDER_MARK,
  openQuoted,
  openField,
  openTag,
  XEN,
  ...CI_MARKS,
];

/**
 * A kernel indents its own text, and what is merely quoted may be documentation or a mail about a
 * crash of somebody else's: only what is certainly a logged line counts.
 */
function openQuoted(text: string): Opened | undefined {
  const quote = QUOTE.exec(text);
  if (quote === null) return undefined;
  const inner = text.slice(quote[0].length);
  const isLogged = STAMP.test(inner) || (!/^[|#]/.test(text) && openFirst(inner) !== undefined);
  return isLogged ? { text: inner } : undefined;
}

/** What the first envelope that fits holds. */
export function openFirst(text: string): Opened | undefined {
  for (const open of envelopesFor(text)) {
    const opened = open(text);
    if (opened !== undefined) return opened;
  }
  return undefined;
}

/** The envelopes that a line with this beginning may be in. */
function envelopesFor(text: string): readonly Envelope[] {
  switch (text[0]) {
    case '[':
      return STAMP.test(text) ? STAMPED : BRACKETED;
    case '{':
      return OBJECTS;
    case '<':
      return PRIORITISED;
    case '-':
      return text.startsWith('- {') ? OBJECTS : OTHERS;
    default:
      if (/^\d/.test(text)) return NUMBERED;
      return /^[A-Za-z]/.test(text) ? NAMED : OTHERS;
  }
}
