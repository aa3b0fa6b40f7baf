/** Kernels and the requests for their configurations, from the values of a faultless file. */
import { omitUndefined } from '../omit-undefined.ts';
import { buildKata, buildOci, buildPackage } from './build-packed-kernel.ts';
import { asList, type Resolve } from './build-values.ts';
import { isFragmentPath, parseLine } from './kconfig-schema.ts';
import type {
  BuiltSource,
  DebianSource,
  KconfigBase,
  KconfigRequest,
  KernelSource,
  TreeSource,
} from './matrix.ts';
import type { MatrixFile } from './schema.ts';

type KernelEntry = MatrixFile['kernels'][string];
type Defined<Key extends keyof KernelEntry> = NonNullable<KernelEntry[Key]>;
type RequestKeys = Pick<Defined<'source'>, 'fragments' | 'symbols'>;

export function buildKernel(entry: KernelEntry, resolve: Resolve): KernelSource {
  const { debian, path, source, host, running, url } = entry;
  if (host !== undefined) return { kind: 'host' };
  if (running !== undefined) return { kind: 'running' };
  if (entry.package !== undefined) return buildPackage(entry.package, resolve);
  if (entry.oci !== undefined) return buildOci(entry.oci, resolve);
  if (url !== undefined) return omitUndefined({ kind: 'url', ...url });
  if (entry.kata !== undefined) return buildKata(entry.kata, resolve);
  if (debian !== undefined) return buildDebian(debian, resolve);
  if (source !== undefined) return buildSource(source, resolve);
  if (path === undefined) throw new TypeError('a kernel without a source passed the schema');
  return omitUndefined({
    kind: 'path',
    image: resolve(path.image),
    config: path.config === undefined ? undefined : resolve(path.config),
    modules: path.modules === undefined ? undefined : resolve(path.modules),
  });
}

function buildDebian(debian: Defined<'debian'>, resolve: Resolve): DebianSource {
  const { suite, series, package: exact, flavour = 'cloud', or_build: tree } = debian;
  const common = {
    suites: asList(suite),
    sha256: debian.sha256,
    unlisted: debian.unlisted ?? ('refuse' as const),
    ...(tree !== undefined && { orBuild: buildTree(tree, resolve) }),
  };
  if (exact !== undefined) return { kind: 'debian-package', ...common, package: exact };
  if (series !== undefined) return { kind: 'debian-series', ...common, series, flavour };
  throw new TypeError('a kernel of Debian without series and package passed the schema');
}

function buildSource(source: Defined<'source'>, resolve: Resolve): BuiltSource {
  const { may_be_absent: mayBeAbsent } = source;
  return {
    kind: 'source',
    tree: buildTree(source, resolve),
    base: buildBase(source.base, resolve),
    request: buildRequest(source, resolve),
    ...(mayBeAbsent !== undefined && { mayBeAbsent: resolve(mayBeAbsent) }),
  };
}

function buildTree(
  { debian, tree, tarball, git }: NonNullable<Defined<'debian'>['or_build']>,
  resolve: Resolve,
): TreeSource {
  if (debian !== undefined) {
    return { kind: 'debian-source', suites: asList(debian.suite), package: debian.package };
  }
  if (tree !== undefined) return { kind: 'folder', path: resolve(tree) };
  if (tarball !== undefined) return { kind: 'tarball', path: resolve(tarball) };
  if (git === undefined) throw new TypeError('sources without a place passed the schema');
  return { kind: 'git', repository: resolve(git.repository), commit: git.commit };
}

function buildBase(base: Defined<'source'>['base'], resolve: Resolve): KconfigBase {
  if (typeof base === 'string') return { kind: base };
  const { kernel, file } = base;
  if (kernel !== undefined) return { kind: 'kernel', name: kernel };
  if (file === undefined) throw new TypeError('a base without a configuration passed the schema');
  return { kind: 'file', path: resolve(file) };
}

export function asksForSymbols({ fragments, symbols }: RequestKeys): boolean {
  return fragments.length > 0 || symbols.length > 0;
}

export function buildRequest(
  { fragments, symbols }: RequestKeys,
  resolve: Resolve,
): KconfigRequest {
  const entries = symbols.map(parseLine).map(({ symbol, value }) => [symbol, value]);
  return {
    fragments: fragments.map((text) => (isFragmentPath(text) ? asPath(resolve(text)) : text)),
    symbols: Object.fromEntries(entries),
  };
}

/** `./debug` is a folder, and `debug` a fragment of kmx, so a path must keep looking like one. */
function asPath(path: string): string {
  return isFragmentPath(path) ? path : `./${path}`;
}
