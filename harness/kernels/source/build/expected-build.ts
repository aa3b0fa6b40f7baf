/** How long a build will take, from the builds that were done. */
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { countBuiltIn, type KernelConfig } from '../../../kconfig/kernel-config.ts';
import { omitUndefined } from '../../../omit-undefined.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { buildKey, objectsKey, type TreeAndCompiler } from './build-inputs.ts';
import type { PastBuild } from './built-kernel.ts';

export interface ExpectedBuild {
  /** Nothing needs to be built. */
  readonly isThere: boolean;
  /** Absent if nothing like it was built yet. 0 if it is there. */
  readonly seconds?: number;
}

/** Whether an earlier command has built it. */
export async function isBuilt(configured: ConfiguredKernel, root: string): Promise<boolean> {
  return await isThere(join(root, buildKey(configured)));
}

/** For a kernel whose configuration is known. */
export async function expectedBuild(
  configured: ConfiguredKernel,
  past: PastBuilds,
): Promise<ExpectedBuild> {
  if (await isBuilt(configured, past.root)) return { isThere: true, seconds: 0 };
  return { isThere: false, ...(await expectedBuildOf(configured, past)) };
}

/** What the cache tells of builds. */
export interface PastBuilds {
  /** Of the cache. */
  readonly root: string;
  readonly builds: readonly PastBuild[];
}

/** What is known of a kernel that is not in the cache. */
export interface BuildClues extends Partial<TreeAndCompiler> {
  /** Its configuration, or the one that it begins with. */
  readonly effective?: KernelConfig;
}

export async function expectedBuildOf(
  { tree, compiler, effective }: BuildClues,
  { root, builds }: PastBuilds,
): Promise<{ readonly seconds?: number }> {
  const hasObjects =
    tree !== undefined &&
    compiler !== undefined &&
    (await isThere(join(root, objectsKey({ tree, compiler }))));
  const wanted = {
    hasObjects,
    ...omitUndefined({ tree: tree?.digest, symbols: effective && countBuiltIn(effective) }),
  };
  return omitUndefined({ seconds: expectedSeconds(builds, wanted) });
}

export interface WantedBuild {
  /** Digest of its tree. */
  readonly tree?: string;
  /** Whether objects of an earlier build are there. */
  readonly hasObjects: boolean;
  /** Of its configuration that are `y`. */
  readonly symbols?: number;
}

/**
 * The median of builds of the same kind, those of the same tree first: from scratch, or with objects of
 * an earlier build. A kernel of another size than all of them takes longer or shorter in proportion.
 */
export function expectedSeconds(
  builds: readonly PastBuild[],
  { tree, hasObjects, symbols }: WantedBuild,
): number | undefined {
  const ofSize = builds.filter((build) => symbols === undefined || isAlike(build.symbols, symbols));
  if (ofSize.length === 0 && symbols !== undefined) return scaledSeconds(builds, symbols);
  const ofKind = ofSize.filter(({ isIncremental }) => isIncremental === hasObjects);
  const ofTree = ofKind.filter((one) => one.tree === tree);
  return median(secondsOf(ofTree)) ?? median(secondsOf(ofKind)) ?? median(secondsOf(ofSize));
}

/** Up to this factor, sizes of configurations count as the same. */
const ALIKE = 1.5;

function isAlike(one: number, other: number): boolean {
  return Math.max(one, other) <= ALIKE * Math.min(one, other);
}

/** Objects of a kernel of another size are of little use. */
function scaledSeconds(builds: readonly PastBuild[], symbols: number): number | undefined {
  const whole = builds.filter(({ isIncremental }) => !isIncremental);
  return median(whole.map((build) => Math.round((build.seconds * symbols) / build.symbols)));
}

function secondsOf(builds: readonly PastBuild[]): number[] {
  return builds.map(({ seconds }) => seconds);
}

function median(numbers: readonly number[]): number | undefined {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
