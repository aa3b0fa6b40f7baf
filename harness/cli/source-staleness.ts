/** Which locked kernels Debian has newer sources for. */
import { compareVersions } from '../kernels/debian/version.ts';
import { chooseSources } from '../kernels/source/tree/debian-tree.ts';
import type { SourceArchive } from '../kernels/source/tree/source-archive.ts';
import type { Lock } from '../lock/lock.ts';
import { findBuild } from '../matrix/builds.ts';
import type { Matrix, TreeSource } from '../matrix/matrix.ts';
import { listEachSuite, splitLists } from './list-each-suite.ts';
import type { Staleness } from './lock-staleness.ts';

type DebianTree = Extract<TreeSource, { kind: 'debian-source' }>;

/** Of kernels that were built from Debian's packages of sources, by lists that are at most a day old. */
export async function findNewerSources(
  matrix: Pick<Matrix, 'kernels' | 'configs'>,
  lock: Lock,
  archive: Pick<SourceArchive, 'listSuite'>,
): Promise<Pick<Staleness, 'outdated' | 'unknown'>> {
  const built = [...lock.kernels].flatMap(([name, { debian }]) => {
    const tree = treeOf(matrix, name);
    // A kernel with or_build may be the packaged one all the same.
    const isBuilt = debian !== undefined && debian.package === tree?.package.split('=', 1)[0];
    return isBuilt && tree !== undefined ? [{ name, tree, locked: debian.version }] : [];
  });
  const suites = new Set(built.flatMap(({ tree }) => tree.suites));
  const { known, unknown } = splitLists(await listEachSuite(suites, archive));
  const outdated = built.flatMap(({ name, tree, locked }) => {
    const own = known.filter(({ suite }) => tree.suites.includes(suite));
    const [best] = chooseSources(tree, own);
    if (best === undefined || compareVersions(best.version, locked) <= 0) return [];
    return [{ name, locked, newest: `${best.version} (${best.suite})` }];
  });
  return { outdated, unknown };
}

function treeOf(matrix: Pick<Matrix, 'kernels' | 'configs'>, name: string): DebianTree | undefined {
  const source = findBuild(matrix, name)?.source;
  if (source === undefined) return undefined;
  const tree =
    source.kind === 'source' ? source.tree : 'orBuild' in source ? source.orBuild : undefined;
  return tree?.kind === 'debian-source' ? tree : undefined;
}
