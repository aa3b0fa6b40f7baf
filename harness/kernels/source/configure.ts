/** Makes a complete configuration from sources, a base and requests, all of which must take. */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedEntry } from '../../cache/cached-entry.ts';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import { findEntry } from '../../cache/existing-entry.ts';
import { waitForEntry } from '../../debian/wait-for-entry.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { describeOverridden } from '../../kconfig/fragments/describe-conflict.ts';
import type { MergedRequests } from '../../kconfig/fragments/merge-requests.ts';
import type { KernelConfig } from '../../kconfig/kernel-config.ts';
import { parseKernelConfig } from '../../kconfig/parse-config.ts';
import type { BaseConfig } from './base-config.ts';
import type { BuildContext } from './build-context.ts';
import { checkTaken } from './check-taken.ts';
import type { Compiler } from './compiler.ts';
import { baseKey, copyBase, digestBase } from './configured-base.ts';
import type { ConfiguredKernel } from './configured-kernel.ts';
import { makeConfig } from './make-config.ts';
import { mergedConfig } from './merged-config.ts';
import { pathFault } from './path-fault.ts';
import { checkTools, toolsFor } from './tools.ts';
import { trackStep } from './track-step.ts';
import type { OpenTree, SourceTree } from './tree/source-tree.ts';

/** All that a configuration depends on. */
export interface ToConfigure {
  readonly tree: SourceTree;
  readonly base: BaseConfig;
  readonly requests: MergedRequests;
  /** Symbols that may be missing from the result although they are requested. */
  readonly mayBeAbsent: ReadonlySet<string>;
  readonly compiler: Compiler;
  /** For reports. */
  readonly origin: string;
}

/** Changes when configurations are made in another way. */
const FORMAT = 2;
const CONFIG = 'config';

/**
 * The configuration, from the cache if the same was made before: then nothing is run, and the tree is not
 * opened. Throws a UsageError that lists every symbol that did not take, or for a tree that cannot
 * be configured; an InfraError if the host lacks something.
 */
export async function configureKernel(
  wanted: ToConfigure,
  context: BuildContext,
): Promise<ConfiguredKernel> {
  const entry = await cachedEntry(
    context.cacheRoot,
    keyOf(wanted),
    async (folder) => {
      await checkHost(wanted, context);
      const open = await wanted.tree.open();
      checkPath(folder);
      checkPath(open.folder);
      const what = `configuring ${open.version}`;
      await trackStep(what, context.onProgress, () => configure(wanted, open, folder, context));
    },
    waitForEntry(`configuring ${wanted.tree.origin}`, context),
  );
  return await readConfigured(wanted, entry);
}

/** The same if it was made before; undefined if make would have to run. */
export async function findConfigured(
  wanted: ToConfigure,
  cacheRoot: string,
): Promise<ConfiguredKernel | undefined> {
  const found = await findEntry(cacheRoot, keyOf(wanted));
  return found.kind === 'sound' ? await readConfigured(wanted, found.entry) : undefined;
}

function keyOf({ tree, base, compiler, requests, mayBeAbsent }: ToConfigure): string {
  const inputs = [
    FORMAT,
    digestBase({ tree, base, compiler }),
    [...requests.wanted.values()].map(({ symbol, value }) => [symbol, value]),
    [...mayBeAbsent].toSorted(),
  ];
  return `configured-kernels/${nameOfDigest(digestOf(JSON.stringify(inputs)))}`;
}

/** Before anything is fetched or unpacked for nothing. */
async function checkHost(
  { base, requests, compiler }: ToConfigure,
  { onProgress }: BuildContext,
): Promise<void> {
  for (const overridden of requests.overridden) {
    onProgress({ kind: 'note', text: describeOverridden(overridden) });
  }
  await compiler.check?.();
  if (compiler.place !== 'host') return;
  const known = new Map(base.text === undefined ? [] : readSymbols(Buffer.from(base.text)));
  for (const { symbol, value } of requests.wanted.values()) known.set(symbol, value);
  await checkTools(toolsFor(known));
}

function readSymbols(text: Buffer): KernelConfig['symbols'] {
  const parsed = parseKernelConfig(text);
  return parsed.kind === 'no-config' ? new Map() : parsed.config.symbols;
}

/** Kbuild refuses these, with a less clear message. */
function checkPath(path: string): void {
  const wrong = pathFault(path);
  if (wrong === undefined) return;
  throw new UsageError(`${path}: Linux cannot be built in a folder with '${wrong}' in its path`, {
    code: 'BAD_PATH',
    remedy:
      'set KMX_CACHE to another folder; move the sources, or build a commit of them, with git:',
  });
}

async function configure(
  wanted: ToConfigure,
  open: OpenTree,
  folder: string,
  context: BuildContext,
): Promise<void> {
  const { tree, requests, compiler, mayBeAbsent, origin } = wanted;
  const { onProgress, signal } = context;
  const output = join(folder, 'out');
  await copyBase(wanted, open, output, context);
  const path = join(output, '.config');
  const merged = mergedConfig(await readFile(path, 'utf8'), requests.wanted);
  await writeFile(path, merged);
  await makeConfig({ compiler, tree: open.folder, output, goal: 'olddefconfig', signal });
  const text = await readFile(path);
  const effective = parseEffective(text, path);
  const notes = checkTaken(
    { ...{ effective, mayBeAbsent, origin }, wanted: requests.wanted },
    open,
  );
  for (const note of notes) onProgress({ kind: 'note', text: note });
  await tree.confirm();
  await rm(output, { recursive: true });
  await writeFile(join(folder, CONFIG), text);
}

async function readConfigured(wanted: ToConfigure, entry: string): Promise<ConfiguredKernel> {
  const { tree, base, compiler, origin, requests } = wanted;
  const config = join(entry, CONFIG);
  const text = await readFile(config);
  const requested = [...requests.wanted.values()].map(
    ({ symbol, value }) => [symbol, value] as const,
  );
  return {
    ...{ tree, compiler, config, origin },
    base: baseKey({ tree, base, compiler }),
    digest: digestOf(text),
    effective: parseEffective(text, config),
    requested: new Map(requested),
  };
}

function parseEffective(text: Buffer, path: string): KernelConfig {
  const parsed = parseKernelConfig(text);
  if (parsed.kind !== 'no-config') return parsed.config;
  throw new InfraError(`${path}: make wrote no configuration, but ${parsed.looksLike}`, {
    code: 'CONFIGURE_FAILED',
  });
}
