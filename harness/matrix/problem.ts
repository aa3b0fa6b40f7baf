/** The kind of fault: stable, for tests and for searching. */
export type ProblemCode =
  | 'SYNTAX'
  | 'ALIAS'
  | 'TAG'
  | 'KEY'
  | 'DUPLICATE_KEY'
  | 'DUPLICATE_ENTRY'
  | 'UNKNOWN_KEY'
  | 'MISSING_KEY'
  | 'WRONG_TYPE'
  | 'UNQUOTED'
  | 'WRONG_VALUE'
  | 'BAD_NAME'
  | 'OUT_OF_RANGE'
  | 'EMPTY'
  | 'CONFLICT'
  | 'UNKNOWN_NAME'
  | 'OLD_SIGNATURE'
  | 'CYCLE'
  | 'NO_EFFECT'
  | 'NO_MACHINE'
  | 'TOO_MANY_CELLS';

/**
 * One fault of a file that the user wrote. Positions are offsets into its text (UTF-16 units, end
 * exclusive); lines and columns are computed where it is shown.
 */
export interface Problem {
  readonly code: ProblemCode;
  /**
   * One sentence without the position. May contain the user's own characters: not yet printable.
   */
  readonly message: string;
  readonly start: number;
  readonly end: number;
  readonly expected?: string;
  readonly found?: string;
  /** What the user probably meant, without quotes. */
  readonly suggestion?: string;
  /** Where the other half of the fault is, for example the first of two equal keys. */
  readonly earlier?: number;
}

/** A problem before its place is known. */
export type Fault = Omit<Problem, 'start' | 'end'>;

const LONGEST_QUOTE = 60;

/** A text in quotes, escaped as in JSON and cut to a readable length. */
export function quote(text: string): string {
  const quoted = JSON.stringify(text.slice(0, LONGEST_QUOTE));
  return text.length > LONGEST_QUOTE ? `${quoted.slice(0, -1)}…"` : quoted;
}

const LONGEST_LIST = 10;

/** `a, b or c`, cut to a readable length. */
export function listWords(words: readonly string[], last = 'or'): string {
  if (words.length > LONGEST_LIST) {
    const more = words.length - LONGEST_LIST;
    return `${words.slice(0, LONGEST_LIST).join(', ')} … (${more} more)`;
  }
  const [final, ...before] = words.toReversed();
  if (final === undefined) return 'nothing';
  return before.length === 0 ? final : `${before.reverse().join(', ')} ${last} ${final}`;
}
