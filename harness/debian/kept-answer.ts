import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import { takeLock } from '../cache/host-lock.ts';
import { AptError } from './apt.ts';
import type { ArchiveContext } from './archive-context.ts';
import { asListError, noList, noSuchSuite } from './archive-error.ts';
import { waitForEntry } from './wait-for-entry.ts';

/** Something that is read from the lists of packages of one or more suites. */
export interface Question<T> {
  readonly suites: readonly string[];
  /** The file in which answers are kept; each question has its own. */
  readonly file: string;
  /** Fetches the lists with an apt state below `folder` and reads them. May throw an AptError. */
  ask(folder: string): Promise<T>;
}

/** How old a list of packages may be: archives change several times a day. */
export const LIST_AGE_MS = 24 * 60 * 60 * 1000;

interface Kept<T> {
  readonly format: 2;
  /** Milliseconds since 1970. */
  readonly fetchedMs: number;
  readonly answer: T;
}

/**
 * The answer of at most this age (of any age if offline): it is kept in the cache as JSON. If the
 * archive cannot be reached, an older answer has to do, and a note says so. Throws a UsageError for
 * suites that do not exist, an InfraError if there is no answer.
 */
export async function askArchive<T>(
  context: ArchiveContext,
  question: Question<T>,
  maximalAgeMs: number,
): Promise<T> {
  const { suites } = question;
  const wrong = suites.find((suite) => !/^[a-z][\w.-]*(\/updates)?$/.test(suite));
  if (wrong !== undefined) throw noSuchSuite(wrong, 'no name of a suite');
  const mirror = context.mirror === undefined ? '' : `@${nameOfDigest(digestOf(context.mirror))}`;
  const name = `${suites.join('+').replaceAll('/', '%')}${mirror}`;
  const folder = join(context.cacheRoot, 'apt', name);
  const path = join(folder, question.file);
  const kept = await readKept<T>(path);
  if (kept && (context.offline || isFresh(kept, maximalAgeMs))) return kept.answer;
  const shown = suites.join(', ');
  if (context.offline) throw noList(shown);
  const waiting = waitForEntry(`fetching the list of packages of ${shown}`, context);
  await using _lock = await takeLock(join(context.cacheRoot, 'locks', `apt%${name}`), waiting);
  const keptNow = await readKept<T>(path);
  if (keptNow && isFresh(keptNow, maximalAgeMs)) return keptNow.answer;
  try {
    const answer = await question.ask(folder);
    await keep(path, answer);
    return answer;
  } catch (error) {
    if (!(error instanceof AptError)) throw error;
    if (!keptNow || error.fault === 'signature') throw asListError(error, shown);
    const when = new Date(keptNow.fetchedMs).toISOString();
    const text = `${shown}: no new list of packages (${error.fault}): using that of ${when}`;
    context.onProgress({ kind: 'note', text });
    return keptNow.answer;
  }
}

function isFresh({ fetchedMs }: Kept<unknown>, maximalAgeMs: number): boolean {
  return Math.abs(Date.now() - fetchedMs) <= maximalAgeMs;
}

/** Readers take no lock: the file changes in one step. */
async function keep<T>(path: string, answer: T): Promise<void> {
  const kept: Kept<T> = { format: 2, fetchedMs: Date.now(), answer };
  const temporary = `${path}.new`;
  await writeFile(temporary, JSON.stringify(kept));
  await rename(temporary, path);
}

async function readKept<T>(path: string): Promise<Kept<T> | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as Kept<T>;
    return kept.format === 2 ? kept : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // What a crash of the host left behind is worthless: it is fetched again.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
