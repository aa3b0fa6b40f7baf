import { readPackageList } from '../../debian/apt-root.ts';
import { fetchLists } from '../../debian/fetch-lists.ts';
import { fetchPackageFile } from '../../debian/fetch-package.ts';
import { findArchive } from '../../debian/find-archive.ts';
import { askArchive } from '../../debian/kept-answer.ts';
import type { PackageFile } from '../../debian/package-file.ts';
import type { ProviderContext } from '../kernel-context.ts';
import type { SuiteKernels } from './choose-kernel.ts';
import { parsePackageList } from './package-list.ts';

/** Debian's archive, as the source of kernels. */
export interface KernelArchive {
  /** What a suite offers, by a list of at most this age (of any age if offline). */
  listSuite(suite: string, maximalAgeMs: number): Promise<SuiteKernels>;
  /** The URI of the archive that has a suite, below which package files lie. */
  locate(suite: string): Promise<string>;
  /** Fetches a .deb to a path; checked if its sha256 is known. Throws an InfraError. */
  fetch(file: PackageFile, to: string): Promise<void>;
}

/** The archive that the host's apt sources name, or the mirror in the context. */
export function openKernelArchive(context: ProviderContext): KernelArchive {
  return {
    listSuite: (suite, maximalAgeMs) => listSuite(context, suite, maximalAgeMs),
    locate: (suite) => findArchive(suite, context.mirror),
    fetch: fetchPackageFile,
  };
}

function listSuite(
  context: ProviderContext,
  suite: string,
  maximalAgeMs: number,
): Promise<SuiteKernels> {
  const ask = async (folder: string): Promise<SuiteKernels> => {
    const { sources, root } = await fetchLists(context, folder, [suite]);
    const packages = parsePackageList(await readPackageList(root));
    return { suite, archive: sources[0]?.archive ?? '', packages };
  };
  return askArchive(context, { suites: [suite], file: 'kernels.json', ask }, maximalAgeMs);
}
