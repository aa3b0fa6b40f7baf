import { describeDuration } from '../phrases.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** `under a minute`, `about 12 min`, `about 2 h 10 min`: no finer than an estimate can be. */
export function describeAbout(ms: number): string {
  if (ms < MINUTE_MS) return 'under a minute';
  // Above an hour to ten minutes: nobody plans by less.
  const unitMs = ms < HOUR_MS ? MINUTE_MS : 10 * MINUTE_MS;
  return `about ${describeDuration(Math.ceil(ms / unitMs) * unitMs)}`;
}

/**
 * `about 12 min left`, or when the time budget ends if that is sooner; undefined if neither is known.
 * @param restMs What is left of the time budget; undefined if there is none.
 */
export function describeTimeLeft(
  leftMs: number | undefined,
  restMs: number | undefined,
): string | undefined {
  if (restMs !== undefined && restMs < (leftMs ?? Number.POSITIVE_INFINITY)) {
    return `time budget ends in ${describeAbout(Math.max(0, restMs))}`;
  }
  return leftMs === undefined ? undefined : `${describeAbout(leftMs)} left`;
}
