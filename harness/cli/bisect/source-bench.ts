/** A bench with real sources: `make olddefconfig` completes, and kmx builds what is measured. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { objectsKey } from '../../kernels/source/build/build-inputs.ts';
import { spreadObjects } from '../../kernels/source/build/object-folders.ts';
import type { BuildContext } from '../../kernels/source/build-context.ts';
import { defaultCompiler } from '../../kernels/source/default-compiler.ts';
import { readKconfig } from '../../kernels/source/read-kconfig.ts';
import { configureBuilt, resolveBuiltKernel } from '../../kernels/source/source-kernel.ts';
import { openTree } from '../../kernels/source/tree/open-tree.ts';
import type { BuiltSource, TreeSource } from '../../matrix/matrix.ts';
import type { KernelBuilder } from './build-ahead.ts';
import type { Completed, ConfigBench } from './config-bench.ts';
import type { NamedEnd } from './config-ends.ts';

export interface SourceBench extends ConfigBench {
  /** Of the sources. */
  readonly digest: string;
  /** Throws a UsageError for requests that did not take. */
  completeEnd(end: NamedEnd): Promise<Completed>;
  /** Builds several at once. */
  builderOf(count: number): KernelBuilder;
}

const NOTHING = { fragments: [], symbols: {} };

/**
 * @param folder Of the search: configurations that are measured are kept in it.
 * Throws a UsageError if these are no kernel sources, an InfraError for what the host lacks.
 */
export async function openSourceBench(
  tree: TreeSource,
  folder: string,
  context: BuildContext,
): Promise<SourceBench> {
  const sources = await openTree(tree, context);
  const configs = join(folder, 'configs');
  const kconfig = readKconfig(await sources.open());
  const keep = async (text: string | Buffer): Promise<string> => {
    const path = join(configs, `${nameOfDigest(digestOf(text)).slice(0, NAME_LENGTH)}.config`);
    try {
      await mkdir(configs, { recursive: true });
      await writeFile(path, text);
    } catch (error) {
      throw asStorageError(error, path);
    }
    return path;
  };
  /** From the file that it was completed from, which has been done: from the result, make would run again. */
  const completeFrom = async (path: string, isAhead = false): Promise<Completed> => {
    const { digest, effective } = await configureBuilt(sourceOf(path), undefined, {
      ...context,
      ...(isAhead ? { onProgress: () => {} } : {}),
    });
    return { digest, effective, path };
  };
  const sourceOf = (path: string): BuiltSource => ({
    ...{ kind: 'source', tree, base: { kind: 'file', path }, request: NOTHING },
  });
  return {
    tree: kconfig,
    digest: sources.digest,
    complete: async (text, how) => await completeFrom(await keep(text), how?.isAhead),
    completeEnd: async ({ base, request, extra, mayBeAbsent }) => {
      const end = {
        kind: 'source',
        tree,
        base,
        request,
        ...(mayBeAbsent && { mayBeAbsent }),
      } as const;
      const { config } = await configureBuilt(end, extra, context);
      return await completeFrom(await keep(await readFile(config)));
    },
    kernelWith: (name, { path }) => ({ name, source: sourceOf(path) }),
    builderOf: (count) => ({
      build: async ({ path }, { isShown, ...how }) => {
        const { onProgress, signal } = context;
        await resolveBuiltKernel(sourceOf(path), undefined, {
          ...{ ...context, sideBySide: count, isAhead: how.isAhead },
          signal: AbortSignal.any([how.signal, ...(signal === undefined ? [] : [signal])]),
          onProgress: (progress) => (isShown() ? onProgress(progress) : undefined),
        });
      },
      prepare: async () => {
        const compiler = await (context.compiler ?? defaultCompiler)(context);
        const key = objectsKey({ tree: sources, compiler });
        return await spreadObjects(context.cacheRoot, key, count);
      },
    }),
  };
}

/** Files of one search alone: nobody chooses what they hold. */
const NAME_LENGTH = 16;
