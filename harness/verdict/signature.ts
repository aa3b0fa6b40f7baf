import { createHash } from 'node:crypto';

/** Incremented whenever the same crash may get another signature. */
const VERSION = 2;
const DIGITS = 12;

/** What tells one crash from another. Titles have no addresses, times or pids in them. */
export interface Identity {
  readonly class: string;
  readonly title: string;
  readonly place?: string | undefined;
}

/**
 * `s2-` and a hash of class, title and key place: what pins a known crash in expectations. People
 * read the whole title; the hash covers only the part that is the same in another run, kernel or
 * build.
 */
export function signatureOf({ class: kind, title, place = '' }: Identity): string {
  const stable = kind === 'agent-panic' ? stabiliseMessage(title, place) : stabiliseReport(title);
  const hash = createHash('sha256')
    .update(JSON.stringify([kind, stable, stabilisePlace(place)]))
    .digest('hex');
  return `s${VERSION}-${hash.slice(0, DIGITS)}`;
}

/** Whether an earlier version computed it: no crash has it any more. */
export function isOutdated(signature: string): boolean {
  const version = /^s(\d+)-/.exec(signature)?.[1];
  return version !== undefined && Number(version) < VERSION;
}

/** Line numbers in Rust's own library depend on the compiler's version, not on the program. */
function stabilisePlace(place: string): string {
  return place.replace(/^(rustc\/.*):\d+$/, '$1');
}

/** With these numbers, each value is a different crash. */
const TELLING_NUMBER = [
  'exit (?:status|code) ',
  String.raw`\bcode: `,
  String.raw`\bsignal `,
  String.raw`\b(?:err(?:no|or)?|error[_ ]code|ret|rc|status)(?: |: ?|=| = )-?`,
  // Major and minor number of a device.
  String.raw`\bunknown-block\((?:\d{1,8},)?`,
]
  .map((before) => `(?<!${before})`)
  .join('');
const NUMBER = new RegExp(String.raw`${TELLING_NUMBER}\b\d+(?:\.\d+)?\b`, 'g');
const WORD_WITH_DIGIT = new RegExp(String.raw`${TELLING_NUMBER}(?<![\w.-])[\w.-]*\d[\w.-]*`, 'g');

/** Of a disk, a machine, a boot: another one with each image. */
const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;

/**
 * A report of a kernel or a boot is the same except for numbers and names of disks, and for a
 * checker's word that changed in 6.4.
 */
function stabiliseReport(title: string): string {
  return title
    .replace(UUID, 'UUID')
    .replace(NUMBER, 'N')
    .replace(/\bslab-(?=out-of-bounds|use-after-free)/, '');
}

/**
 * A program's message quotes its input: ids, paths, names. Whatever is in quotes, is a path or has
 * a digit in it is replaced; the place alone tells such crashes apart.
 */
function stabiliseMessage(title: string, place: string): string {
  return title
    .replace(place === '' ? /$^/ : ` at ${place}`, '')
    .replace(/"(?:[^"\\]|\\.)*(?:"|$)/g, 'S')
    .replace(/(?<!\w)'[^']*'(?!\w)/g, 'S')
    .replace(/(?<![\w./])\/[^\s,;:)}\]]+/g, 'PATH')
    .replace(WORD_WITH_DIGIT, 'N');
}
