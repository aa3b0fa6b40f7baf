/** Which kernels suites of Debian's archive offer, for commands that go through all of them. */
import type { SuiteKernels } from '../../kernels/debian/choose-kernel.ts';
import { openKernelArchive } from '../../kernels/debian/kernel-archive.ts';
import type { DebianSource, KernelSource, Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { listEachSuite, type UnknownSuite } from '../list-each-suite.ts';

export interface ArchiveOptions {
  readonly cacheRoot: string;
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** What a suite offers, or why that is not known. */
export type ListedSuite = SuiteKernels | UnknownSuite;

export async function listSuites(
  names: readonly string[],
  { cacheRoot, mirror, offline }: ArchiveOptions,
): Promise<readonly ListedSuite[]> {
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const archive = openKernelArchive({
    cacheRoot,
    onProgress: (progress) => fetches.onProgress({ ...progress, kernel: 'lists' }),
    ...omitUndefined({ mirror, offline }),
  });
  return await listEachSuite(names, archive);
}

/** All suites that Debian kernels of the matrix come from, in the order of the file. */
export function suitesOf({ kernels }: Pick<Matrix, 'kernels'>): readonly string[] {
  const sources = [...kernels.values()].filter(isDebian);
  return [...new Set(sources.flatMap(({ suites }) => suites))];
}

export function isDebian(source: KernelSource): source is DebianSource {
  return source.kind === 'debian-series' || source.kind === 'debian-package';
}
