/**
 * Finds a kernel among the files of packages and images. Where they have it: Debian `boot/vmlinuz-R`
 * and `usr/lib/modules/R` (since 7.2 all of it there), Fedora and RHEL `lib/modules/R/vmlinuz`,
 * openSUSE `usr/lib/modules/R/vmlinuz`, cilium's ci-kernels `boot/vmlinuz`, little-vm-helper
 * `data/kernels/NAME/boot/vmlinuz-R`.
 */
import { basename, dirname } from 'node:path/posix';
import { matchesGlob } from '../../matrix/patterns.ts';
import type { FileTree } from './file-tree.ts';
import type { TreeFile } from './tree-node.ts';

/** A kernel whose files are still in their archives. */
export interface PackedKernel {
  /** Its path, without links. */
  readonly name: string;
  readonly image: TreeFile;
  readonly config?: TreeFile;
  /** Of all releases that may be the image's. */
  readonly modules: readonly PackedModule[];
}

export interface PackedModule {
  readonly release: string;
  /** Below the folder of its release. */
  readonly path: string;
  readonly file: TreeFile;
}

export type FoundKernel =
  | ({ readonly kind: 'kernel' } & PackedKernel)
  | { readonly kind: 'none'; readonly files: number }
  | { readonly kind: 'several'; readonly names: readonly string[] };

const IMAGE =
  /^(?<prefix>data\/kernels\/[^/]+\/)?(?:boot\/(?:vmlinu[xz]|bzImage)(?:-(?<inBoot>[^/]+))?|(?:usr\/)?lib\/modules\/(?<inModules>[^/]+)\/(?:vmlinu[xz]|bzImage)(?:\.unsigned)?|(?:vmlinu[xz]|bzImage)(?:-(?<atTop>[^/]+))?)$/;

const MODULE =
  /^(?<prefix>data\/kernels\/[^/]+\/)?(?:usr\/)?lib\/modules\/(?<release>[^/]+)\/(?<path>(?:.*\/)?(?:[^/]+\.ko(?:\.(?:xz|zst|gz))?|modules\.[^/]+))$/;

interface Candidate {
  readonly path: string;
  readonly prefix: string;
  /** In the name; empty if there is none. */
  readonly release: string;
  readonly file: TreeFile;
}

/**
 * @param wanted The image's path or a glob of it, from the root; without a slash, of its name alone.
 * Absent: the only one in a usual place.
 */
export function findPackedKernel(tree: FileTree, wanted?: string): FoundKernel {
  const paths = tree.paths();
  const candidates = wanted === undefined ? usual(tree, paths) : named(tree, paths, wanted);
  const different = Map.groupBy(candidates, ({ file }) => `${file.archive} ${file.entry}`);
  const [first, ...others] = [...different.values()].flatMap(([one]) => one ?? []);
  if (first === undefined) return { kind: 'none', files: paths.length };
  if (others.length > 0)
    return { kind: 'several', names: [first, ...others].map(({ path }) => path) };
  const config = findConfig(tree, first);
  return {
    kind: 'kernel',
    name: first.path,
    image: first.file,
    ...(config !== undefined && { config }),
    modules: findModules(tree, paths, first.prefix),
  };
}

/** One for each release: the packed one where there is a vmlinux for debuggers, too. */
function usual(tree: FileTree, paths: readonly string[]): Candidate[] {
  const found = paths.flatMap((path) => candidateOf(tree, path) ?? []);
  const byRelease = Map.groupBy(found, ({ prefix, release }) => `${prefix} ${release}`);
  return [...byRelease.values()].flatMap((same) => {
    const packed = same.filter(({ path }) => !basename(path).startsWith('vmlinux'));
    return (packed.length > 0 ? packed : same).slice(0, 1);
  });
}

function candidateOf(tree: FileTree, path: string): Candidate | undefined {
  const found = tree.find(path);
  // Of a link, its target says more: boot/vmlinuz leads to boot/vmlinuz-6.12.
  const groups = (IMAGE.exec(found?.path ?? '') ?? IMAGE.exec(path))?.groups;
  if (groups === undefined || found === undefined || !IMAGE.test(path)) return undefined;
  const { prefix = '', inBoot, inModules, atTop } = groups;
  const release = inBoot ?? inModules ?? atTop ?? '';
  return { path: found.path, prefix, release, file: found.file };
}

function named(tree: FileTree, paths: readonly string[], wanted: string): Candidate[] {
  const glob = wanted.replace(/^(?:\.?\/)+/, '');
  const matching = paths.filter((path) =>
    matchesGlob(glob.includes('/') ? path : basename(path), glob),
  );
  return matching.flatMap((path) => {
    const found = tree.find(path);
    if (found === undefined) return [];
    const { prefix = '', inBoot, inModules } = IMAGE.exec(found.path)?.groups ?? {};
    const inName = /^(?:vmlinu[xz]|bzImage)-(.+)$/.exec(basename(found.path))?.[1];
    const release = inBoot ?? inModules ?? inName ?? '';
    return [{ path: found.path, prefix, release, file: found.file }];
  });
}

/** Beside the image, or in another usual place of the same release. */
function findConfig(tree: FileTree, { path, prefix, release }: Candidate): TreeFile | undefined {
  const beside = dirname(path) === '.' ? '' : `${dirname(path)}/`;
  const places =
    release === ''
      ? [`${beside}config`, `${beside}.config`]
      : [
          `${beside}config-${release}`,
          `${beside}config`,
          `${prefix}boot/config-${release}`,
          `${prefix}usr/lib/modules/${release}/config`,
          `${prefix}lib/modules/${release}/config`,
        ];
  for (const place of places) {
    const found = tree.find(place);
    if (found !== undefined) return found.file;
  }
  return undefined;
}

function findModules(tree: FileTree, paths: readonly string[], prefix: string): PackedModule[] {
  return paths.flatMap((path) => {
    const { release, path: below, prefix: found = '' } = MODULE.exec(path)?.groups ?? {};
    const file = tree.find(path)?.file;
    if (release === undefined || below === undefined || found !== prefix || !file) return [];
    return [{ release, path: below, file }];
  });
}

const LOOSE_MODULE =
  /^(?:(?:.*\/)?lib\/modules\/)?(?<release>\d[^/]*)\/(?<path>(?:.*\/)?(?:[^/]+\.ko(?:\.(?:xz|zst|gz))?|modules\.[^/]+))$/;

/** The modules of an archive that has nothing else, from wherever it begins. */
export function findLooseModules(tree: FileTree): PackedModule[] {
  return tree.paths().flatMap((name) => {
    const { release, path } = LOOSE_MODULE.exec(name)?.groups ?? {};
    const file = tree.find(name)?.file;
    if (release === undefined || path === undefined || file === undefined) return [];
    return [{ release, path, file }];
  });
}
