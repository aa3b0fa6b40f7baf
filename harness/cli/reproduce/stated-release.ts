/** Releases of kernels that have not been fetched: what the matrix, its lock and the last run say of them. */
import { release as hostRelease } from 'node:os';
import { isInRange, looksLikeRange } from '../../expectations/release-range.ts';
import type { Lock } from '../../lock/lock.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import type { KernelSource, Matrix } from '../../matrix/matrix.ts';
import type { RunReport } from '../../report/schema.ts';

export interface ReleaseSources {
  readonly matrix: Matrix;
  readonly lock?: Lock | undefined;
  /** The last run. */
  readonly report?: Pick<RunReport, 'kernels'> | undefined;
}

/** The release of a cell's kernel, or as much of it as is known: `6.12`. Undefined if nothing is. */
export type StatedRelease = (cell: Cell) => string | undefined;

export function statedReleases({ matrix, lock, report }: ReleaseSources): StatedRelease {
  const measured = new Map(report?.kernels.map(({ name, release }) => [name, release]));
  return (cell) => {
    const build = buildOf(cell);
    const source = matrix.kernels.get(cell.kernel);
    return (
      lock?.kernels.get(build)?.release ??
      measured.get(build) ??
      (source === undefined ? undefined : releaseOfSource(source))
    );
  };
}

function releaseOfSource(source: KernelSource): string | undefined {
  switch (source.kind) {
    case 'debian-series':
      return source.series;
    case 'debian-package':
      return versionIn(source.package);
    case 'source':
      return source.tree.kind === 'debian-source' ? versionIn(source.tree.package) : undefined;
    case 'host':
    case 'running':
      return hostRelease();
    default:
      // Only its files say.
      return undefined;
  }
}

/** `linux-image-6.1.0-56-cloud-amd64`, `linux-source-6.12=6.12.117-1` */
function versionIn(name: string): string | undefined {
  return /=(\d+(?:\.\d+)+)/.exec(name)?.[1] ?? /-(\d+(?:\.\d+)+)/.exec(name)?.[1];
}

/** The range of an expectation that a cell's kernel is in; undefined if it is named, or no kernel is asked for. */
export function rangeOf(
  kernels: readonly string[] | undefined,
  cell: Cell,
  releaseOf: StatedRelease,
): string | undefined {
  if (kernels === undefined || kernels.includes(cell.kernel)) return undefined;
  const release = releaseOf(cell);
  if (release === undefined) return undefined;
  return kernels.find((word) => looksLikeRange(word) && isInRange(release, word));
}
