/** 125 to 127 stay free: to `git bisect run` and shells they mean something else. */
export const EXIT_CODES = {
  good: 0,
  bad: 1,
  usage: 2,
  /** Nothing could be measured; EX_UNAVAILABLE of sysexits.h. */
  unmeasured: 69,
  /** The time budget ended before everything had run; EX_TEMPFAIL of sysexits.h. */
  incomplete: 75,
  /** A bug in kmx; EX_SOFTWARE of sysexits.h. */
  bug: 70,
  interrupted: 130,
  /** The reader of our output has gone away: 128 + SIGPIPE, as shells report it. */
  outputClosed: 141,
} as const;

/** Of `kmx bisect-step`: what `git bisect run` makes of them is in git-bisect(1). */
export const STEP_CODES = {
  /** Also `old`. */
  good: 0,
  /** Also `new`. */
  bad: 1,
  /** The commit is skipped. */
  unclear: 125,
  /** Any code above 127 ends the bisect. */
  stop: 128,
} as const;

/** An exit code for `git bisect run`: whatever is no outcome of a commit must end it. */
export function stepCode(code: number): number {
  const isOutcome = Object.values<number>(STEP_CODES).includes(code);
  return isOutcome || code > STEP_CODES.stop ? code : STEP_CODES.stop;
}
