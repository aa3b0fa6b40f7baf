/** Which locked kernels were built from packages of sources that are outdated, or no longer listed. */
import { compareVersions } from '../../kernels/debian/version.ts';
import { chooseSources } from '../../kernels/source/tree/debian-tree.ts';
import type { SourceArchive } from '../../kernels/source/tree/source-archive.ts';
import type { Lock } from '../../lock/lock.ts';
import { findBuild, treeOf } from '../../matrix/builds.ts';
import type { Matrix, TreeSource } from '../../matrix/matrix.ts';
import { listEachSuite, splitLists } from '../list-each-suite.ts';
import { findMissingPackages } from './missing-packages.ts';
import type { Staleness } from './staleness.ts';

type DebianTree = Extract<TreeSource, { kind: 'debian-source' }>;

export interface SourcesContext {
  readonly cacheRoot: string;
  readonly archive: Pick<SourceArchive, 'listSuite'>;
}

/**
 * Of kernels that were built from Debian's packages of sources, by lists that are at most a day old.
 * @param names Of the builds to look at.
 */
export async function findStaleSources(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  names: Iterable<string>,
  { archive, cacheRoot }: SourcesContext,
): Promise<Pick<Staleness, 'outdated' | 'missing' | 'unknown'>> {
  const built = [...names].flatMap((name) => {
    const debian = lock.kernels.get(name)?.debian;
    const tree = debianTreeOf(matrix, name);
    // A kernel with or_build may be the packaged one all the same.
    const isBuilt = debian !== undefined && debian.package === tree?.package.split('=', 1)[0];
    return isBuilt && tree !== undefined ? [{ name, tree, debian }] : [];
  });
  const suites = new Set(built.flatMap(({ tree, debian }) => [...tree.suites, debian.suite]));
  const { known, unknown } = splitLists(await listEachSuite(suites, archive));
  const missing = await Promise.all(built.map((one) => findMissingPackages(one, known, cacheRoot)));
  const outdated = built.flatMap(({ name, tree, debian: { version } }) => {
    const own = known.filter(({ suite }) => tree.suites.includes(suite));
    const [best] = chooseSources(tree, own);
    if (best === undefined || compareVersions(best.version, version) <= 0) return [];
    return [{ name, locked: version, newest: `${best.version} (${best.suite})` }];
  });
  return { outdated, missing: missing.flat(), unknown };
}

function debianTreeOf(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  name: string,
): DebianTree | undefined {
  const source = findBuild(matrix, name)?.source;
  const tree = source && treeOf(source);
  return tree?.kind === 'debian-source' ? tree : undefined;
}
