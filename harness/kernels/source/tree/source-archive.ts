import { readPackageList } from '../../../debian/apt-root.ts';
import type { ArchiveContext } from '../../../debian/archive-context.ts';
import { fetchLists } from '../../../debian/fetch-lists.ts';
import { fetchPackageFile } from '../../../debian/fetch-package.ts';
import { findArchive } from '../../../debian/find-archive.ts';
import { askArchive } from '../../../debian/kept-answer.ts';
import type { PackageFile } from '../../../debian/package-file.ts';
import { type DebianPackage, parsePackageList } from '../../debian/package-list.ts';

/** The packages with sources of kernels that a suite offers. Plain JSON: it is kept in the cache. */
export interface SuiteSources {
  readonly suite: string;
  /** The URI below which package files lie. */
  readonly archive: string;
  readonly packages: readonly DebianPackage[];
}

/** Debian's archive, as the place where kernel sources come from. */
export interface SourceArchive {
  /** What a suite offers, by a list of at most this age (of any age if offline). */
  listSuite(suite: string, maximalAgeMs: number): Promise<SuiteSources>;
  /** The URI of the archive that has a suite, below which package files lie. */
  locate(suite: string): Promise<string>;
  /** Fetches a .deb to a path and checks it. Throws an InfraError. */
  fetch(file: PackageFile, to: string): Promise<void>;
}

/** `linux-source-6.12`; `linux-source` itself is an empty one that needs another. */
const SOURCE_PACKAGE = /^linux-source-\d[a-z0-9.+~-]*$/;

/** The archive that the host's apt sources name, or the mirror in the context. */
export function openSourceArchive(context: ArchiveContext): SourceArchive {
  return {
    listSuite: (suite, maximalAgeMs) => {
      const ask = async (folder: string): Promise<SuiteSources> => {
        const { sources, root } = await fetchLists(context, folder, [suite]);
        const packages = parsePackageList(await readPackageList(root), SOURCE_PACKAGE);
        return { suite, archive: sources[0]?.archive ?? '', packages };
      };
      const question = { suites: [suite], file: 'kernel-sources.json', ask };
      return askArchive(context, question, maximalAgeMs);
    },
    locate: (suite) => findArchive(suite, context.mirror),
    fetch: fetchPackageFile,
  };
}
