import { copyFile, readFile, rm } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { claimEntry } from '../../../cache/cached-entry.ts';
import { findEntry } from '../../../cache/existing-entry.ts';
import type { LockHolder } from '../../../cache/lock-holder.ts';
import { asStorageError } from '../../../cache/storage-error.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import type { BootableKernel } from '../../kernel-image.ts';
import type { BuildContext } from '../build-context.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';
import { buildKey, objectsKey } from './build-inputs.ts';
import { buildJobs } from './build-jobs.ts';
import { BuildProgress, estimateObjects } from './build-progress.ts';
import { type BuildResult, keepKernel, readBuiltKernel } from './built-kernel.ts';
import { findGoodObjects } from './good-objects.ts';
import { guestModules } from './guest-modules.ts';
import { type ObjectFolder, openObjectFolder } from './object-folder.ts';
import { folderKeys } from './object-folders.ts';
import { runMake } from './run-make.ts';
import { trackBuild } from './track-build.ts';

/**
 * A kernel, from the cache if the same sources were compiled with the same configuration and the same
 * compiler before. If several processes want it, one builds it and the others wait. Throws a UsageError with
 * the first error if the sources do not compile, an InfraError if the host is at fault, or the reason of
 * the context's signal.
 */
export async function buildKernel(
  configured: ConfiguredKernel,
  context: BuildContext,
): Promise<BootableKernel> {
  const { cacheRoot } = context;
  const key = buildKey(configured);
  const found = await findEntry(cacheRoot, key);
  const entry = found.kind === 'sound' ? found.entry : await build(key, configured, context);
  const { seconds, ...kernel } = await readBuiltKernel(entry);
  const built = { seconds, isCached: found.kind === 'sound' };
  return { ...kernel, origin: configured.origin, built };
}

async function build(
  key: string,
  configured: ConfiguredKernel,
  context: BuildContext,
): Promise<string> {
  const { cacheRoot, signal } = context;
  const onWait = ({ isOwn, shown }: LockHolder): void => {
    const by = isOwn ? '' : ` by ${shown}`;
    const text = `another kernel is being built from ${configured.tree.origin}${by}: waiting for it`;
    context.onProgress({ kind: 'note', text });
  };
  // Whoever has the objects is the only one to build anything from them.
  const folders = folderKeys(objectsKey(configured), context.sideBySide ?? 1);
  await using objects = await openObjectFolder(cacheRoot, folders, {
    ...{ onWait, signal },
    isStale: configured.tree.changing?.hidesChanges,
  });
  await using claim = await claimEntry(cacheRoot, key, { signal });
  if (claim.kind === 'there') {
    await objects.settle(objects.expected);
    return claim.entry;
  }
  await make(objects, claim.folder, configured, context);
  return await claim.publish();
}

/** Compiles, and fills the empty folder. */
async function make(
  objects: ObjectFolder,
  folder: string,
  configured: ConfiguredKernel,
  context: BuildContext,
): Promise<void> {
  const { tree, compiler, effective } = configured;
  const { signal, isAhead = false } = context;
  const open = await tree.open();
  const begin = performance.now();
  const jobs = buildJobs({ cpus: availableParallelism(), freeBytes: freemem() });
  const good = await findGoodObjects(objects.output, effective);
  const progress = new BuildProgress(objects.expected, estimateObjects(effective), good);
  const modules = guestModules(effective);
  try {
    await configure(objects.output, configured);
    await rm(objects.log, { force: true });
    await trackBuild(`compiling ${open.version}`, progress, context.onProgress, async () => {
      // One after the other, as make itself would do it: modules alone are goals of another kind.
      for (const goals of [['bzImage'], modules].filter(({ length }) => length > 0)) {
        await runMake({
          ...{ compiler, tree: open.folder, output: objects.output, goals, jobs, isAhead, signal },
          ...{ log: objects.log, onObject: (object: string) => progress.made(object) },
        });
      }
    });
    await confirmConfig(objects.output, configured);
    await tree.confirm();
    const seconds = Math.round((performance.now() - begin) / 1000);
    await keepKernel(folder, resultIn(objects.output, configured.config, modules), {
      ...{ tree: tree.digest, seconds, objects: progress.compiled, jobs },
      isIncremental: good.size > 0,
    });
    await objects.settle(progress.expectedNext());
  } catch (error) {
    // The objects of half a build would be taken for those of a whole one.
    if (error instanceof UsageError || signal?.aborted) await objects.settle(objects.expected);
    else if (error instanceof InfraError && error.code === 'DISK_FULL') await objects.discard();
    throw asStorageError(error, context.cacheRoot);
  }
}

/** Keeps the time stamp of an unchanged configuration, since make looks at that first. */
async function configure(output: string, { config }: ConfiguredKernel): Promise<void> {
  const path = join(output, '.config');
  const [wanted, found] = await Promise.all([
    readFile(config, 'utf8'),
    readFile(path, 'utf8').catch(() => undefined),
  ]);
  if (found === wanted) return;
  await rm(path, { force: true });
  await copyFile(config, path);
}

/** make completes a configuration that lacks something, without a word. */
async function confirmConfig(output: string, { config }: ConfiguredKernel): Promise<void> {
  const built = await readFile(join(output, '.config'), 'utf8');
  if (built === (await readFile(config, 'utf8'))) return;
  throw new InfraError(
    'make has built the kernel with a different configuration from the one that it was given',
    {
      code: 'CONFIG_CHANGED',
      remedy: `compare ${join(output, '.config')} with ${config}: has the compiler changed meanwhile?`,
    },
  );
}

function resultIn(output: string, config: string, modules: readonly string[]): BuildResult {
  return {
    image: join(output, 'arch/x86/boot/bzImage'),
    config,
    ...(modules.length > 0 ? { modules: { folder: output, paths: modules } } : {}),
  };
}
