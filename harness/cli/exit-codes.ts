/** 125 to 127 stay free, so that `git bisect run` can wrap kmx. */
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
