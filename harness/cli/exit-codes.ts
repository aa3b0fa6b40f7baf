/** 125 to 127 stay free, so that `git bisect run` can wrap kmx. */
export const EXIT_CODES = {
  good: 0,
  bad: 1,
  usage: 2,
  /** EX_UNAVAILABLE of sysexits.h. */
  unavailable: 69,
  interrupted: 130,
} as const;
