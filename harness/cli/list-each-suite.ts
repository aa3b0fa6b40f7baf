import { LIST_AGE_MS } from '../debian/kept-answer.ts';
import { InfraError, UsageError } from '../errors.ts';

/** A suite whose list is not available, and why. */
export interface UnknownSuite {
  readonly suite: string;
  readonly missing: string;
}

/** What each suite offers. One that is gone, or was never fetched, does not hide the others. */
export async function listEachSuite<T extends { readonly suite: string }>(
  names: Iterable<string>,
  archive: { listSuite(suite: string, maximalAgeMs: number): Promise<T> },
): Promise<readonly (T | UnknownSuite)[]> {
  const list = (suite: string): Promise<T | UnknownSuite> =>
    archive.listSuite(suite, LIST_AGE_MS).catch((error: unknown) => {
      if (!(error instanceof UsageError || error instanceof InfraError)) throw error;
      return { suite, missing: error.message };
    });
  return await Promise.all([...names].map(list));
}

/** The available lists, and why others are missing. */
export function splitLists<T extends object>(
  lists: readonly (T | UnknownSuite)[],
): { readonly known: readonly T[]; readonly unknown: readonly string[] } {
  return {
    known: lists.filter((list): list is T => !('missing' in list)),
    unknown: lists.flatMap((list) => ('missing' in list ? [list.missing] : [])),
  };
}
