/** How long a build will take, from the builds that were done. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { buildKey, objectsKey, type TreeAndCompiler } from './build-inputs.ts';
import { type BuildFacts, listBuildFacts } from './built-kernel.ts';

export interface ExpectedBuild {
  /** Nothing needs to be built. */
  readonly isThere: boolean;
  /** Absent if nothing like it was built yet. 0 if it is there. */
  readonly seconds?: number;
}

/** For a kernel whose configuration is known. */
export async function expectedBuild(
  configured: ConfiguredKernel,
  root: string,
): Promise<ExpectedBuild> {
  if (await isThere(join(root, buildKey(configured)))) return { isThere: true, seconds: 0 };
  return { isThere: false, ...(await expectedBuildOf(configured, root)) };
}

/** For any kernel that is not in the cache, of a tree and a compiler as far as they are known. */
export async function expectedBuildOf(
  { tree, compiler }: Partial<TreeAndCompiler>,
  root: string,
): Promise<{ readonly seconds?: number }> {
  const facts = await listBuildFacts(root);
  const hasObjects =
    tree !== undefined &&
    compiler !== undefined &&
    (await isThere(join(root, objectsKey({ tree, compiler }))));
  return omitUndefined({ seconds: expectedSeconds(facts, tree?.digest, hasObjects) });
}

/**
 * The median of builds of the same kind, those of the same tree first: from scratch, or with objects of
 * an earlier build.
 */
export function expectedSeconds(
  facts: readonly BuildFacts[],
  tree: string | undefined,
  hasObjects: boolean,
): number | undefined {
  const alike = facts.filter(({ isIncremental }) => isIncremental === hasObjects);
  const ofTree = alike.filter((one) => one.tree === tree);
  return medianSeconds(ofTree) ?? medianSeconds(alike) ?? medianSeconds(facts);
}

function medianSeconds(facts: readonly BuildFacts[]): number | undefined {
  const sorted = facts.map(({ seconds }) => seconds).toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
