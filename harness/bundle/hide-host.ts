/**
 * Takes out of what is bundled what it says about the host that it was recorded on: whose it is, and
 * where things lie there.
 */

export interface HiddenWord {
  /** As it occurs: a folder, the name of a user. */
  readonly text: string;
  /** What stands in its place: `{home}`. */
  readonly name: string;
}

/** Shorter words occur in anything: a user `a`, a host `ab`. */
const LENGTH_MIN = 3;
/** What a path or a name goes on with. */
const WORD = '[\\p{L}\\p{N}_]';

/** Bytes of text, UTF-8 or not, in which none of these words occurs on its own. */
export function createHider(words: readonly HiddenWord[]): (content: Buffer) => Buffer {
  const hidden = words.filter(({ text }) => text.length >= LENGTH_MIN);
  if (hidden.length === 0) return (content) => content;
  // The longest first: the cache may be below the home folder.
  const sorted = hidden.toSorted((a, b) => b.text.length - a.text.length);
  const names = new Map(sorted.map(({ text, name }) => [toBytes(text), name]));
  const any = [...names.keys()].map((text) => RegExp.escape(text)).join('|');
  const pattern = new RegExp(`(?<!${WORD})(?:${any})(?!${WORD})`, 'gu');
  return (content) => {
    const text = content.toString('latin1');
    const shown = text.replace(pattern, (found) => names.get(found) ?? '');
    return shown === text ? content : Buffer.from(shown, 'latin1');
  };
}

/** UTF-8 as if it were Latin-1, in which every byte is a character. */
function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1');
}
