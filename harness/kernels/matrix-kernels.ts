/** The kernels of a matrix as cells boot them, with the symbols that configs request. */

import { InfraError, UsageError } from '../errors.ts';
import type { LostSymbol } from '../kconfig/fragments/lost-symbol.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import type { KernelBuild } from '../matrix/builds.ts';
import { treeOf } from '../matrix/builds.ts';
import { type BuiltSource, type Matrix, namedValue, type TreeSource } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { configPath } from './config/config-files.ts';
import { findKernelConfigs, readKnownConfig } from './config/kernel-configs.ts';
import type { KernelContext } from './kernel-context.ts';
import type { KernelImage } from './kernel-image.ts';
import { findLacks } from './lacks.ts';
import { resolveKernel } from './resolve-kernel.ts';
import type { BuildContext, OtherConfig } from './source/build-context.ts';
import type { ConfiguredKernel } from './source/configured-kernel.ts';
import { fetchCompiler } from './source/default-compiler.ts';
import { configureBuilt, findConfiguredBuilt, resolveBuiltKernel } from './source/source-kernel.ts';
import { openTree } from './source/tree/open-tree.ts';
import type { OpenTree, SourceTree } from './source/tree/source-tree.ts';

/** What is built for a cell, or the packaged kernel if that already fits. */
export type ConfiguredBuild =
  | { readonly kind: 'stock'; readonly image: KernelImage }
  | { readonly kind: 'built'; readonly configured: ConfiguredKernel };

/** What is there once everything about a kernel has been fetched. */
export type FetchedKernel =
  | { readonly kind: 'stock'; readonly image: KernelImage }
  | { readonly kind: 'tree'; readonly tree: SourceTree; readonly open: OpenTree };

/** A packaged kernel for which there are sources, too. */
export interface Packaged {
  readonly config: KernelConfig;
  /** Requests of the config that it does not meet. */
  readonly lacks: readonly LostSymbol[];
}

export class MatrixKernels {
  readonly #kernels: Matrix['kernels'];
  readonly #context: KernelContext;
  /** By name on the axis: several builds may need the same one. */
  readonly #stock = new Map<string, Promise<KernelImage>>();
  #configure: typeof configureBuilt = configureBuilt;

  constructor(kernels: Matrix['kernels'], context: KernelContext) {
    this.#kernels = kernels;
    this.#context = context;
  }

  /**
   * The files of a kernel, fetched or built first if need be. Throws a UsageError for a source or a request
   * that is not usable, an InfraError if the host or the archive fails.
   */
  async resolve(build: KernelBuild): Promise<KernelImage> {
    const found = await this.#choose(build);
    if ('image' in found) return found.image;
    return await resolveBuiltKernel(found.source, found.request, this.#contextOf(build.name));
  }

  /**
   * What earlier commands have left of it; undefined if it was never configured. Nothing is
   * fetched, configured or compiled. Rejects with an InfraError if something was not even fetched.
   */
  async look(build: KernelBuild): Promise<ConfiguredBuild | undefined> {
    const looking = new MatrixKernels(this.#kernels, { ...this.#context, offline: true });
    looking.#configure = findOrRefuse;
    const found = await looking.#choose(build);
    if ('image' in found) return { kind: 'stock', image: found.image };
    const context = looking.#contextOf(build.name);
    const configured = await findConfiguredBuilt(found.source, found.request, context);
    return configured && { kind: 'built', configured };
  }

  /**
   * The package in whose place a kernel is built; undefined if there is none, or if its configuration is not known.
   * Nothing is fetched. Rejects with an InfraError if the package was not fetched yet.
   */
  async findPackage({ kernel, source, request }: KernelBuild): Promise<Packaged | undefined> {
    if (source.kind === 'source' || request === undefined) return undefined;
    const looking = new MatrixKernels(this.#kernels, { ...this.#context, offline: true });
    const image = await looking.#resolveStock(kernel);
    const known = await readKnownConfig(this.#context.cacheRoot, image);
    const lacks = await findLacks(request.kconfig, image, this.#context.cacheRoot);
    if (known === undefined || lacks.kind === 'unknown') return undefined;
    return { config: known.config, lacks: lacks.kind === 'some' ? lacks.symbols : [] };
  }

  /** As `resolve`, without compiling anything: what will be built has a configuration first. */
  async configure(build: KernelBuild): Promise<ConfiguredBuild> {
    const found = await this.#choose(build);
    if ('image' in found) return { kind: 'stock', image: found.image };
    const context = this.#contextOf(build.name);
    return {
      kind: 'built',
      configured: await configureBuilt(found.source, found.request, context),
    };
  }

  /**
   * All that a later command without a network needs, to boot the kernel or to build it. Nothing is configured or
   * compiled. Throws as `resolve`.
   */
  async fetch(build: KernelBuild): Promise<FetchedKernel> {
    const found = await this.#choose(build);
    if ('image' in found) return { kind: 'stock', image: found.image };
    const { base, tree: source } = found.source;
    if (base.kind === 'kernel') {
      const kernel = base.name;
      await this.fetch({ name: kernel, kernel, source: namedValue(this.#kernels, kernel) });
    }
    const context = this.#contextOf(build.name);
    const [tree] = await Promise.all([openTree(source, context), fetchCompiler(context)]);
    return { kind: 'tree', tree, open: await tree.open() };
  }

  /**
   * The sources that the kernel would be built from, if it has any; nothing is fetched. Rejects with an InfraError
   * if it is not known which these are.
   */
  async findTree({ name, source }: KernelBuild): Promise<SourceTree | undefined> {
    const tree = treeOf(source);
    return tree ? await openTree(tree, { ...this.#contextOf(name), offline: true }) : undefined;
  }

  /** A kernel that is there as it is, or what is to be built in its place. */
  async #choose({ kernel, source, request }: KernelBuild) {
    const kconfig = request?.kconfig;
    if (source.kind === 'source') return { source, request: kconfig };
    const image = await this.#resolveStock(kernel);
    const tree = 'orBuild' in source ? source.orBuild : undefined;
    if (kconfig === undefined || tree === undefined) return { image };
    const lacks = await findLacks(kconfig, image, this.#context.cacheRoot);
    if (lacks.kind === 'none') return { image };
    return { source: builtLike(kernel, tree), request: kconfig };
  }

  #resolveStock(name: string): Promise<KernelImage> {
    const known =
      this.#stock.get(name) ??
      resolveKernel(name, namedValue(this.#kernels, name), this.#kernelContext);
    this.#stock.set(name, known);
    return known;
  }

  get #kernelContext(): KernelContext {
    return { ...this.#context, configOf: (name) => this.#configOf(name) };
  }

  /** @param name Its name in progress messages. */
  #contextOf(name: string): BuildContext {
    const { onProgress, pinOf, ...others } = this.#kernelContext;
    return {
      ...others,
      ...omitUndefined({ name, pin: pinOf?.(name) }),
      onProgress: (progress) => onProgress({ ...progress, kernel: name }),
    };
  }

  async #configOf(name: string): Promise<OtherConfig> {
    const source = namedValue(this.#kernels, name);
    if (source.kind === 'source') {
      const { config } = await this.#configure(source, undefined, this.#contextOf(name));
      return { path: config, isOurs: true };
    }
    const found = await findKernelConfigs(this.#context.cacheRoot, await this.#resolveStock(name));
    if (found.kind === 'known') {
      return { path: configPath(found.folder, found.facts.digest), isOurs: false };
    }
    throw new UsageError(`the configuration of the kernel ${name} is not known: ${found.why}`, {
      code: 'NO_BASE',
      remedy: 'choose another base, or give the kernel a `config`',
    });
  }
}

/** A packaged kernel, but from sources: only the requested symbols may differ. */
function builtLike(kernel: string, tree: TreeSource): BuiltSource {
  const request = { fragments: [], symbols: {} };
  return { kind: 'source', tree, base: { kind: 'kernel', name: kernel }, request };
}

/** For callers that only look. */
const findOrRefuse: typeof configureBuilt = async (...words) => {
  const found = await findConfiguredBuilt(...words);
  if (found !== undefined) return found;
  throw new InfraError('its base was not configured yet', { code: 'NOT_CONFIGURED' });
};
