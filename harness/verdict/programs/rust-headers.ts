/**
 * What a line says of a Rust program's panic: the first line of the standard library's hook in all
 * its forms (library/std/src/panicking.rs), and the one line that other hooks print.
 */
import { placeInRust } from './source-place.ts';

export type RustHeader =
  /** The messages follow. A thread may have been interrupted before it told its place. */
  | { readonly form: 'places'; readonly places: readonly string[]; readonly unplaced: number }
  /** Up to 1.72: the message and then the place, on this line or a later one. */
  | { readonly form: 'quoted'; readonly rest: string; readonly unplaced: number }
  | {
      readonly form: 'whole';
      readonly message: string;
      readonly place?: string;
      /** It is about the panic of a task that somebody waited for. */
      readonly isConsequence?: true;
    };

const AT = 'panicked at';
/** A thread's name may have quotes in it. */
const THREAD = String.raw`thread '.{0,64}?'(?: \(\d+\))? panicked at`;
const PATH = String.raw`((?:[A-Za-z]:)?[^':\s][^':]*\.rs)`;

/** Since 1.73; the whole of what follows the last `panicked at`. */
const PLACE = new RegExp(String.raw`^ ${PATH}:(\d+):\d+:\s*$`);
/** Two threads that wrote at once. */
const TWO_PLACES = new RegExp(String.raw`^ ${PATH}:(\d+):\d+:${PATH}:(\d+):\d+:\s*$`);
const NO_PLACE = new RegExp(`${THREAD} ?$`);
/** The rest of a header that another thread had interrupted. */
const BARE_PLACE = new RegExp(String.raw`^${PATH}:(\d+):\d+:$`);
const QUOTED = /panicked at '/;
const THREAD_QUOTED = new RegExp(`${THREAD} '`);
const INTERRUPTED = new RegExp(`^${THREAD} '`);
/**
 * The message may itself contain what looks like a place: the last one on the line counts. The
 * crate log-panics writes a colon, and no column.
 */
const QUOTED_END = /^(.*)'(?:,|:) ([^',]+\.rs):(\d+)(?::\d+)?\s*$/;

/** `A panic occurred at src/a.rs:12: x` (kata's shim), `Panic at [src/a.rs: 12].` (stratovirt) */
const HOOK =
  /[Pp]anic(?:ked| occurred)? at \[?((?:[A-Za-z]:)?[^\s:'"[\]]+\.rs): ?(\d+)(?::\d+)?(?:\]\.|: | - )\s*(.*)$/;
/** The example in the documentation of std::panic::Location */
const IN_FILE = /panic occurred in file ['"`]([^'"`]+\.rs)['"`],? (?:at )?line (\d+)/;
/** The crate tracing-panic: an event with fields. */
const PAYLOAD = /\bpanic\.payload"?[=:] ?"/;
const LOCATION = /\bpanic\.location"?[=:] ?"?([^\s"]+\.rs):(\d+)/;
/** tokio, src/runtime/task/error.rs */
const TASK = /\btask (?:\d+ )?panicked with message "/;
/** The crate human-panic, which keeps everything else in a file. */
const PROBLEM = /(?<!\S)(\S{1,80}) had a problem and crashed\. To help us diagnose the problem/;

/** Every line that has a header contains one of these. */
export const HEADER_WORDS: readonly string[] = [
  'anicked at',
  'anic occurred ',
  'Panic at [',
  'panic.payload',
  'panicked with message',
  ' had a problem and crashed',
];

export function readHeader(text: string): RustHeader | undefined {
  const last = text.lastIndexOf(AT);
  if (last !== -1 && !text.startsWith('rust_kernel: ')) {
    const header = readPlaces(text, text.slice(last + AT.length)) ?? readQuoted(text);
    if (header !== undefined) return header;
  }
  return readHook(text);
}

function readPlaces(text: string, tail: string): RustHeader | undefined {
  const threads = text.split(AT).length - 1;
  const [, ...parts] = (threads > 1 ? TWO_PLACES.exec(tail) : null) ?? PLACE.exec(tail) ?? [];
  const [one, row = '', other, otherRow = ''] = parts;
  if (one === undefined) {
    return NO_PLACE.test(text) ? { form: 'places', places: [], unplaced: threads } : undefined;
  }
  const places = [placeInRust(one, row)];
  if (other !== undefined) places.push(placeInRust(other, otherRow));
  return { form: 'places', places, unplaced: Math.max(0, threads - places.length) };
}

function readQuoted(text: string): RustHeader | undefined {
  const quoted = QUOTED.exec(text);
  if (quoted === null) return undefined;
  const rest = text.slice(quoted.index + quoted[0].length);
  // Without a thread, a hook printed all of it on one line.
  if (!THREAD_QUOTED.test(text) && !QUOTED_END.test(rest)) return undefined;
  const inner = INTERRUPTED.exec(rest)?.[0];
  return inner === undefined
    ? { form: 'quoted', rest, unplaced: 0 }
    : { form: 'quoted', rest: rest.slice(inner.length), unplaced: 1 };
}

function readHook(text: string): RustHeader | undefined {
  const [, path, row = '', said = ''] = HOOK.exec(text) ?? IN_FILE.exec(text) ?? [];
  if (path !== undefined) {
    // In an entry of a log that could not be opened, a stack follows on the same line.
    const message = said.split(String.raw`\r\n`, 1)[0] ?? '';
    return { form: 'whole', message, place: placeInRust(path, row) };
  }
  const message = readString(text, PAYLOAD);
  if (message !== undefined) {
    const [, file, line = ''] = LOCATION.exec(text) ?? [];
    const place = file === undefined ? {} : { place: placeInRust(file, line) };
    return { form: 'whole', message, ...place };
  }
  const task = readString(text, TASK);
  if (task !== undefined) return { form: 'whole', message: task, isConsequence: true };
  const problem = PROBLEM.exec(text)?.[1];
  return problem === undefined
    ? undefined
    : { form: 'whole', message: `${problem} had a problem and crashed` };
}

/** The string whose opening quote ends the match of the pattern. */
function readString(text: string, before: RegExp): string | undefined {
  const match = before.exec(text);
  if (match === null) return undefined;
  const begin = match.index + match[0].length;
  let end = begin;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  return text.slice(begin, end).replace(/\\(.)/g, '$1');
}

/** For where a message is expected, which may itself quote a panic: only a header's own beginning. */
export function beginsHeader(text: string): boolean {
  return /thread '.{0,64}?'(?: \(\d+\))? panicked at|^(?:[\w-]{1,40} )?panicked at |^A panic occurred at /.test(
    text,
  );
}

/** A place that stands alone on its line. */
export function readBarePlace(text: string): string | undefined {
  const [, path, row = ''] = BARE_PLACE.exec(text) ?? [];
  return path === undefined ? undefined : placeInRust(path, row);
}

/** What ends a quoted message. */
export function readQuotedEnd(
  text: string,
): { readonly message: string; readonly place: string } | undefined {
  const [, message = '', path, row = ''] = QUOTED_END.exec(text) ?? [];
  return path === undefined ? undefined : { message, place: placeInRust(path, row) };
}
