import { createHash } from 'node:crypto';

/** Another one whenever the same crash may get another signature. */
const VERSION = 1;
const DIGITS = 12;

/** What tells one crash from another. Titles have no addresses, times or pids in them. */
export interface Identity {
  readonly class: string;
  readonly title: string;
  readonly place?: string | undefined;
}

/**
 * `s1-` and a hash of class, title and key place: what pins a known crash in expectations. People
 * read the title with all that it says; the hash is of what another run, kernel or build says, too.
 */
export function signatureOf({ class: kind, title, place = '' }: Identity): string {
  const stable = kind === 'agent-panic' ? stabiliseMessage(title, place) : stabiliseReport(title);
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, stable, stabilisePlace(place)]))
    .digest('hex');
  return `s${VERSION}-${hash.slice(0, DIGITS)}`;
}

/** Lines of Rust's own library are those of a compiler's version, not of a program's. */
function stabilisePlace(place: string): string {
  return place.replace(/^(rustc\/.*):\d+$/, '$1');
}

/** Of these numbers each value is another crash. */
const TELLING_NUMBER = String.raw`(?<!exit (?:status|code) )(?<!\bcode: )`;
const NUMBER = new RegExp(String.raw`${TELLING_NUMBER}\b\d+(?:\.\d+)?\b`, 'g');
const WORD_WITH_DIGIT = new RegExp(String.raw`${TELLING_NUMBER}(?<![\w.-])[\w.-]*\d[\w.-]*`, 'g');

/** A kernel's words are its own but for numbers, and for what one checker was renamed to in 6.4. */
function stabiliseReport(title: string): string {
  return title.replace(NUMBER, 'N').replace(/\bslab-(?=out-of-bounds|use-after-free)/, '');
}

/**
 * A program's message quotes what it was given: ids, paths, names. What stands in quotes, is a path
 * or has a digit in it is told apart by the place alone.
 */
function stabiliseMessage(title: string, place: string): string {
  return title
    .replace(place === '' ? /$^/ : ` at ${place}`, '')
    .replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, 'S')
    .replace(/(?<!\w)'[^']*'(?!\w)/g, 'S')
    .replace(/(?<![\w./])\/[^\s,;:)}\]]+/g, 'PATH')
    .replace(WORD_WITH_DIGIT, 'N');
}
