/** Files that people take for logs, or that lie beside logs: what they are, and what to do. */
import { LogFault } from './log-fault.ts';

interface OtherKind {
  readonly at?: number;
  /** Bytes that it has there, hexadecimal. */
  readonly mark: string;
  readonly what: string;
  readonly remedy?: string;
}

const UNPACK = 'unpack it, and name the folder';

const OTHERS: readonly OtherKind[] = [
  { at: 257, mark: '7573746172', what: 'a tar archive', remedy: UNPACK },
  { mark: '504b0304', what: 'a zip archive', remedy: UNPACK },
  { mark: '377abcaf271c', what: 'a 7z archive', remedy: UNPACK },
  { mark: '213c617263683e0a', what: 'an ar archive or a Debian package', remedy: UNPACK },
  // LPKSHHRH
  {
    mark: '4c504b5348485248',
    what: 'a journal of systemd',
    remedy: 'journalctl --file FILE -o short-monotonic | kmx classify',
  },
  { mark: '7f454c46', what: 'a program, a library or a core dump (ELF)' },
  {
    mark: '4b44554d50202020',
    what: 'a memory dump of a kernel (kdump)',
    remedy: 'get its log with `makedumpfile --dump-dmesg` or `crash`',
  },
  { mark: '89504e47', what: 'a picture (PNG)' },
  { mark: 'ffd8ff', what: 'a picture (JPEG)' },
  { mark: '25504446', what: 'a PDF document', remedy: 'copy the text of the log out of it' },
  { mark: '53514c69746520', what: 'a database (SQLite)' },
];

/** Of 100 bytes. A serial line may garble some bytes of a log; a binary file has many such. */
const CONTROLS_MAX = 10;

/** Throws a LogFault if the file is of another kind. */
export function refuseOthers(head: Buffer): void {
  const kind = OTHERS.find(({ at = 0, mark }) => head.toString('hex', at).startsWith(mark));
  if (kind === undefined) return;
  throw new LogFault(`expected the text of a log, found ${kind.what}`, {
    ...(kind.remedy === undefined ? {} : { remedy: kind.remedy }),
    isNoLog: true,
  });
}

/** Whether it looks like text to a person, as far as a first look can tell. */
export function looksLikeText(head: Buffer): boolean {
  let controls = 0;
  for (const byte of head) {
    // Tab to carriage return, and escape.
    if ((byte < 32 && !(byte >= 8 && byte <= 13) && byte !== 27) || byte === 127) controls += 1;
  }
  return controls * 100 <= CONTROLS_MAX * head.length;
}
