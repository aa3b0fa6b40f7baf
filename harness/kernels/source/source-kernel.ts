/** A kernel from sources: a tree is configured as asked, and built. */
import { basename } from 'node:path';
import { UsageError } from '../../errors.ts';
import { describeContradiction } from '../../kconfig/fragments/describe-conflict.ts';
import { type MergedRequests, mergeRequests } from '../../kconfig/fragments/merge-requests.ts';
import type { BuiltSource, KconfigRequest } from '../../matrix/matrix.ts';
import { count } from '../../phrases.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { type BaseConfig, readBase } from './base-config.ts';
import { buildKernel } from './build/build-kernel.ts';
import { isBuilt } from './build/expected-build.ts';
import type { BuildContext } from './build-context.ts';
import { configureKernel, findConfigured, type ToConfigure } from './configure.ts';
import type { ConfiguredKernel } from './configured-kernel.ts';
import { defaultCompiler } from './default-compiler.ts';
import { isFragmentPath, ownMayBeAbsent, readMayBeAbsent, readRequests } from './fragments.ts';
import { checkInputs, pinOf } from './pin-build.ts';
import { checkTools, toolsFor } from './tools.ts';
import { openTree } from './tree/open-tree.ts';
import type { SourceTree } from './tree/source-tree.ts';

/**
 * A kernel that is configured and built here, from the cache if it was built before.
 * @param extra What a config of the matrix asks for on top of the kernel's own request.
 * Throws a UsageError for sources, fragments or symbols that are wrong, an InfraError if the host or the
 * archive fails.
 */
export async function resolveBuiltKernel(
  source: BuiltSource,
  extra: KconfigRequest | undefined,
  context: BuildContext,
): Promise<BootableKernel> {
  const configured = await configureBuilt(source, extra, context);
  const { compiler, effective } = configured;
  const pin = pinOf(configured);
  // Before an hour is spent on compiling something else.
  if (context.pin !== undefined) checkInputs(context.name ?? 'NAME', context.pin, pin);
  if (compiler.place === 'host' && !(await isBuilt(configured, context.cacheRoot))) {
    await checkTools(toolsFor(effective.symbols));
  }
  return { ...(await buildKernel(configured, context)), pin };
}

/** Its configuration alone. Throws as `resolveBuiltKernel`. */
export async function configureBuilt(
  source: BuiltSource,
  extra: KconfigRequest | undefined,
  context: BuildContext,
): Promise<ConfiguredKernel> {
  return await configureKernel(await openBuilt(source, extra, context), context);
}

/** The same if it was made before; undefined if make would have to run. Throws as `resolveBuiltKernel`. */
export async function findConfiguredBuilt(
  source: BuiltSource,
  extra: KconfigRequest | undefined,
  context: BuildContext,
): Promise<ConfiguredKernel | undefined> {
  return await findConfigured(await openBuilt(source, extra, context), context.cacheRoot);
}

async function openBuilt(
  source: BuiltSource,
  extra: KconfigRequest | undefined,
  context: BuildContext,
): Promise<ToConfigure> {
  const asked = [source.request, ...(extra === undefined ? [] : [extra])];
  // Faults in the user's own files are reported before anything is fetched.
  const lists = await Promise.all(asked.map(readRequests));
  const requests = mergeRequests(lists.flat());
  if (requests.contradictions.length > 0) throw contradictory(requests);
  const mayBeAbsent = await findMayBeAbsent(source, asked);
  const [tree, compiler, base] = await Promise.all([
    openTree(source.tree, context),
    (context.compiler ?? defaultCompiler)(context),
    readBase(source.base, requests.wanted, context),
  ]);
  const origin = describeOrigin(tree, base, asked);
  return { tree, base, requests, mayBeAbsent, compiler, origin };
}

async function findMayBeAbsent(
  { mayBeAbsent }: BuiltSource,
  asked: readonly KconfigRequest[],
): Promise<ReadonlySet<string>> {
  const own = await Promise.all(asked.map(ownMayBeAbsent));
  const users = mayBeAbsent === undefined ? [] : [await readMayBeAbsent(mayBeAbsent)];
  return new Set([...own, ...users].flatMap((symbols) => [...symbols]));
}

/** `source linux-source-6.12 6.12.117-1 (trixie), minimal + debug, 2 symbols` */
function describeOrigin(
  tree: SourceTree,
  base: BaseConfig,
  asked: readonly KconfigRequest[],
): string {
  const fragments = asked
    .flatMap((request) => request.fragments)
    .map((fragment) => (isFragmentPath(fragment) ? basename(fragment) : fragment));
  const symbols = new Set(asked.flatMap((request) => Object.keys(request.symbols)));
  const parts = [base.shown, ...fragments].join(' + ');
  const listed = symbols.size === 0 ? '' : `, ${count(symbols.size, 'symbol')}`;
  return `source ${tree.origin}, ${parts}${listed}`;
}

function contradictory({ contradictions }: MergedRequests): UsageError {
  return new UsageError('the requested symbols contradict each other', {
    code: 'CONTRADICTION',
    remedy: 'leave out one of each pair',
    output: contradictions.map(describeContradiction).join('\n'),
  });
}
