/**
 * Logs that somebody pasted into a mail or an issue: quoted, indented, made HTML. That is
 * no envelope of a run's lines, where a program that quotes a crash has none; only whoever asks what
 * a text is wants to know. Each line stays a line, so that their numbers stay true.
 */

/** How much of a text that may be such a mail is kept. */
export const QUOTED_BYTES_MAX = 1 << 20;

const MARKS = /^(?:> ?){1,16}/;
const INDENTATION = /^(?: {4}|\t)/;

/**
 * Documentation in reStructuredText shows what kernels print, in blocks behind such a line, and
 * `git log` what has been fixed.
 */
const ABOUT_CRASHES = /::[ \t]*$|^commit [0-9a-f]{40}.*\n(?:Merge: .*\n)?Author: /m;

/** Web pages and mail programs put these in, to break long words or not to break lines. */
const UNSEEN = /[\u200b-\u200d\u2060]/g;
const NO_BREAK_SPACE = /[\u00a0\u202f]/g;
const ENTITY = /&(lt|gt|amp|quot|apos|nbsp|#39|#x27|#34);/g;
const ENTITIES: Readonly<Record<string, string>> = {
  ...{ lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' },
  ...{ '#39': "'", '#x27': "'", '#34': '"' },
};
/** What begins and ends preformatted text; kernels' own marks are in capitals (`<TASK>`). */
const TAG = String.raw`<\/?(?:pre|code|samp|tt|br|p|div|span|font|blockquote|details|summary)(?: [^<>]{0,200})?\/?>`;
const FIRST_TAGS = new RegExp(`^(?:${TAG})+`);
const LAST_TAGS = new RegExp(`(?:${TAG}){1,8}$`);

const PREFORMATTED = new RegExp(`^(?:${TAG}){1,8}\\S`, 'm');

/** Whether a page's tags or spaces are between what belongs together, and may hide a part of it. */
export function isWebPage(text: string): boolean {
  return PREFORMATTED.test(text) || /[\u200b-\u200d\u2060\u00a0\u202f]/.test(text);
}

/** The text without all that; undefined if there is none of it. */
export function unquote(text: string): string | undefined {
  if (ABOUT_CRASHES.test(text)) return undefined;
  const plain = text.split('\n').map(unquoteLine).join('\n');
  return plain === text ? undefined : plain;
}

function unquoteLine(line: string): string {
  const seen = line.replace(UNSEEN, '').replace(NO_BREAK_SPACE, ' ');
  const own = seen.replace(MARKS, '').replace(INDENTATION, '').replace(FIRST_TAGS, '');
  const bare = own.trimEnd().endsWith('>') ? own.trimEnd().replace(LAST_TAGS, '') : own;
  return bare.replace(ENTITY, (_, name: string) => ENTITIES[name] ?? '');
}

/** Offset of the beginning of each line, from 1, and of the end of the last. */
export function lineOffsets(bytes: Buffer): readonly number[] {
  const offsets = [0, 0];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) offsets.push(at + 1);
  return [...offsets, bytes.length];
}
