/** All that a built kernel depends on, and what make is told so that nothing else does. */
import { digestOf, nameOfDigest } from '../../../cache/digest.ts';
import type { ConfiguredKernel } from '../configured-kernel.ts';

/** Changes when entries have other files, or are built in another way. */
const FORMAT = 1;
/** The same for folders of objects. */
const OBJECTS_FORMAT = 2;

/**
 * Variables of the environment for what would differ from build to build (kernel
 * Documentation/kbuild/reproducible-builds.rst).
 */
export const REPRODUCIBLE: Readonly<Record<string, string>> = {
  KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
  KBUILD_BUILD_USER: 'kmx',
  KBUILD_BUILD_HOST: 'kmx',
  // Else it counts the builds in the folder: `#2 SMP`.
  KBUILD_BUILD_VERSION: '1',
  // Set, even if to nothing, it keeps a tree in git from adding `+` to the release.
  LOCALVERSION: '',
};

/**
 * Words that make the bytes independent of where the sources and the objects are. Names of files in
 * messages are relative anyway; these are for debug information.
 */
export function pathWords(tree: string, objects: string): string[] {
  const map = [
    `-ffile-prefix-map=${objects}=/usr/src/linux-objects`,
    `-ffile-prefix-map=${tree}=/usr/src/linux`,
  ].join(' ');
  return [`KCFLAGS=${map}`, `KAFLAGS=${map}`];
}

/** What make is told, on one line: part of what a lock names. */
export function buildFlags(): string {
  const variables = Object.entries(REPRODUCIBLE).map(([name, value]) => `${name}=${value}`);
  return [...variables, ...pathWords('TREE', 'OBJECTS')].join(', ');
}

/** The cache's key of the kernel that this will be. */
export function buildKey({ tree, digest, compiler }: ConfiguredKernel): string {
  const lines = [
    `format ${FORMAT}`,
    `tree ${tree.digest}`,
    `config ${digest}`,
    `compiler ${compiler.digest}`,
    ...Object.entries(REPRODUCIBLE).map(([name, value]) => `${name}=${value}`),
    ...pathWords('TREE', 'OBJECTS'),
  ];
  return `builds/${nameOfDigest(digestOf(lines.join('\n')))}`;
}

/** As far as objects depend on them. */
export interface TreeAndCompiler {
  readonly tree: {
    readonly digest: string;
    readonly changing?: { readonly folder: string } | undefined;
  };
  readonly compiler: { readonly digest: string };
}

/** The same for the objects that all kernels of a tree and a compiler share, whatever the tree becomes. */
export function objectsKey({ tree, compiler }: TreeAndCompiler): string {
  const sources = tree.changing === undefined ? tree.digest : `in ${tree.changing.folder}`;
  const lines = [`format ${OBJECTS_FORMAT}`, `tree ${sources}`, `compiler ${compiler.digest}`];
  return `objects/${nameOfDigest(digestOf(lines.join('\n')))}`;
}
