import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, shortDigest } from '../../cache/digest.ts';
import { takeLock } from '../../cache/host-lock.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { AptError, fetchWithApt } from './apt.ts';
import { fetchPackageList } from './apt-root.ts';
import { asFetchError, asListError, noList, noSuchSuite } from './archive-error.ts';
import type { PackageFile, SuiteKernels } from './choose-kernel.ts';
import { findArchive } from './find-archive.ts';
import { parsePackageList } from './package-list.ts';
import { sizeOfFilesIn, trackFetch } from './track-fetch.ts';

/** Debian's archive, as the source of kernels. */
export interface KernelArchive {
  /** What a suite offers, by a list of at most this age (of any age if offline). */
  listSuite(suite: string, maximalAgeMs: number): Promise<SuiteKernels>;
  /** Fetches a .deb to a path; checked if its sha256 is known. Throws an InfraError. */
  fetch(file: PackageFile, to: string): Promise<void>;
}

interface KeptList extends SuiteKernels {
  readonly format: 1;
  /** Milliseconds since 1970. */
  readonly fetchedMs: number;
}

/** The archive that the host's apt sources name, or the mirror in the context. */
export function openKernelArchive(context: ProviderContext): KernelArchive {
  return {
    listSuite: (suite, maximalAgeMs) => listSuite(context, suite, maximalAgeMs),
    async fetch(file, to) {
      // apt's file method only says where a file is; its copy method copies it.
      const uri = `${file.archive}/${file.file}`.replace(/^file:/, 'copy:');
      try {
        await fetchWithApt(uri, to, file);
      } catch (error) {
        throw error instanceof AptError ? asFetchError(error, file, uri) : error;
      }
    },
  };
}

async function listSuite(
  context: ProviderContext,
  suite: string,
  maximalAgeMs: number,
): Promise<SuiteKernels> {
  if (!/^[a-z][\w.-]*(\/updates)?$/.test(suite)) throw noSuchSuite(suite, 'no name of a suite');
  const mirror = context.mirror === undefined ? '' : `@${shortDigest(digestOf(context.mirror))}`;
  const name = `${suite.replace('/', '%')}${mirror}`;
  const folder = join(context.cacheRoot, 'apt', name);
  const kept = await readKept(folder);
  if (kept && (context.offline || isFresh(kept, maximalAgeMs))) return kept;
  if (context.offline) throw noList(suite);
  await using _lock = await takeLock(join(context.cacheRoot, 'locks', `apt%${name}`));
  const keptNow = await readKept(folder);
  if (keptNow && isFresh(keptNow, maximalAgeMs)) return keptNow;
  try {
    return await refresh(context, folder, suite);
  } catch (error) {
    if (!(error instanceof AptError)) throw error;
    if (!keptNow || error.fault === 'signature') throw asListError(error, suite);
    const when = new Date(keptNow.fetchedMs).toISOString();
    const text = `${suite}: no new list of packages (${error.fault}): using that of ${when}`;
    context.onProgress({ kind: 'note', text });
    return keptNow;
  }
}

function isFresh({ fetchedMs }: KeptList, maximalAgeMs: number): boolean {
  return Math.abs(Date.now() - fetchedMs) <= maximalAgeMs;
}

async function refresh(context: ProviderContext, folder: string, suite: string): Promise<KeptList> {
  const archive = await findArchive(suite, context.mirror);
  const partial = join(folder, 'lists', 'partial');
  await mkdir(partial, { recursive: true });
  const tracking = {
    what: `the list of packages of ${suite}`,
    countBytes: () => sizeOfFilesIn(partial),
    onProgress: context.onProgress,
  };
  const text = await trackFetch(tracking, () => fetchPackageList(folder, archive, suite));
  const packages = parsePackageList(text);
  const list: KeptList = { format: 1, fetchedMs: Date.now(), suite, archive, packages };
  // Readers take no lock: the file changes in one step.
  const temporary = join(folder, 'kernels.json.new');
  await writeFile(temporary, JSON.stringify(list));
  await rename(temporary, join(folder, 'kernels.json'));
  return list;
}

async function readKept(folder: string): Promise<KeptList | undefined> {
  try {
    const kept = JSON.parse(await readFile(join(folder, 'kernels.json'), 'utf8')) as KeptList;
    return kept.format === 1 ? kept : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    // What a crash of the host left behind is worthless: it is fetched again.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
