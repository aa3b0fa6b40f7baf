import { InfraError } from '../../../errors.ts';
import { toLine } from '../../../text.ts';

/** `explain` fetches nothing that it was not asked for: to its users that is no error, and they did not say --offline. */
export const NOT_FETCHED = 'not fetched';

/** Why a kernel or its sources cannot be looked into, for people. */
export function whyNotAtHand(error: Error): string {
  const isNotFetched = error instanceof InfraError && error.code === 'OFFLINE';
  return isNotFetched ? NOT_FETCHED : toLine(error.message);
}
