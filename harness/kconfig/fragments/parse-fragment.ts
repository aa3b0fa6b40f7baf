import { toLine } from '../../text.ts';
import type { Request } from './request.ts';

/** A line of a fragment that cannot be understood. */
export interface FragmentProblem {
  readonly file: string;
  readonly line: number;
  /** Counted in UTF-16 code units, from 1. */
  readonly column: number;
  /** For people. */
  readonly message: string;
}

export interface Fragment {
  readonly requests: readonly Request[];
  /** The first ones, in the order of the lines. */
  readonly problems: readonly FragmentProblem[];
  readonly problemCount: number;
}

const PROBLEMS_MAX = 20;
const LINE_LENGTH_MAX = 16_384;
/** Linux 7 has fewer symbols than half of this. */
const REQUESTS_MAX = 50_000;

const OFF = /^#\s*CONFIG_(\w{1,128}) is not set$/;
const SET = /^CONFIG_(\w{1,128})=(.*)$/;
const VALUE = /^(?:[ymn]|-?\d{1,32}|0[xX][0-9a-fA-F]{1,32}|"[^"\\]*(?:\\.[^"\\]*)*")$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f]/;
/** A request without the prefix of its symbol, as in lists of a matrix: `PSI=y`. */
const WITHOUT_PREFIX = /^(\w{1,128})=/;

/**
 * Reads a fragment, `CONFIG_X=…` or `# CONFIG_X is not set` a line; other comments and blank lines say nothing. Stricter
 * than the kernel's merge_config.sh, which passes over what it does not understand, so that a misspelt line
 * is found. A symbol may be there more than once: `mergeRequests` tells which counts.
 */
export function parseFragment(text: string, file: string): Fragment {
  const requests: Request[] = [];
  const problems: FragmentProblem[] = [];
  let problemCount = 0;
  for (const [index, raw] of text.split('\n').entries()) {
    const read = readLine(raw);
    if (read === undefined) continue;
    if ('symbol' in read && requests.length < REQUESTS_MAX) {
      requests.push({ ...read, file, line: index + 1 });
      continue;
    }
    problemCount += 1;
    if (problems.length === PROBLEMS_MAX) continue;
    const problem = 'symbol' in read ? { column: 1, message: TOO_MANY } : read;
    problems.push({ file, line: index + 1, ...problem });
  }
  return { requests, problems, problemCount };
}

const TOO_MANY = `expected at most ${REQUESTS_MAX} symbols: this one is not read`;

type ReadLine =
  | Pick<Request, 'symbol' | 'value'>
  | Pick<FragmentProblem, 'column' | 'message'>
  | undefined;

function readLine(raw: string): ReadLine {
  if (raw.length > LINE_LENGTH_MAX) {
    const message = `expected a line of at most ${LINE_LENGTH_MAX} characters, found ${raw.length}`;
    return { column: 1, message };
  }
  const line = raw.trim();
  const column = raw.length - raw.trimStart().length + 1;
  const off = OFF.exec(line)?.[1];
  if (off !== undefined) return { symbol: off, value: 'n' };
  if (line === '' || line.startsWith('#')) return undefined;
  const [, symbol, value] = SET.exec(line) ?? [];
  if (symbol === undefined || value === undefined) return { column, message: describeOther(line) };
  if (isValue(value)) return { symbol, value };
  return { column: column + line.indexOf('=') + 1, message: describeValue(value) };
}

/** Whether a `.config` may have this as the value of a symbol. */
export function isValue(value: string): boolean {
  return VALUE.test(value) && !CONTROL.test(value);
}

/** What is wrong with a value, for people. */
export function describeValue(value: string): string {
  const expected = 'y, m, n, a number or a text in quotation marks';
  const found = value === '' ? 'nothing' : toLine(value, 40) || 'nothing printable';
  return `expected ${expected}, found ${found}`;
}

function describeOther(line: string): string {
  const bare = WITHOUT_PREFIX.exec(line)?.[1];
  if (bare !== undefined && !bare.startsWith('CONFIG_')) {
    return `expected CONFIG_${bare}=…, found ${bare}=…`;
  }
  return `expected CONFIG_…=… or "# CONFIG_… is not set", found ${toLine(line, 40) || 'nothing printable'}`;
}
