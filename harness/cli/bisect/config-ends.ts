/** What users name as an end of a search over configurations, and the sources that both are built from. */

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { UsageError } from '../../errors.ts';
import { treeOf } from '../../matrix/builds.ts';
import type { BuiltSource, KconfigRequest, Matrix, TreeSource } from '../../matrix/matrix.ts';
import { listWords, quote } from '../../matrix/problem.ts';
import { suggestName } from '../../matrix/suggest.ts';

/** A configuration to be made on some tree. */
export interface NamedEnd {
  /** As the user named it. */
  readonly label: string;
  readonly base: BuiltSource['base'];
  readonly request: KconfigRequest;
  /** What a config of the matrix asks for on top. */
  readonly extra?: KconfigRequest;
  readonly mayBeAbsent?: string;
  /** What it is built from in the matrix; absent for a file, and for a kernel that is not built. */
  readonly tree?: TreeSource;
}

const NOTHING: KconfigRequest = { fragments: [], symbols: {} };

/**
 * A kernel of the matrix, a kernel as it is built for a config (`source-6.12+v1-off`), or a file with a
 * configuration. Throws a UsageError for anything else.
 */
export function findEnd(name: string, matrix: Matrix): NamedEnd {
  const { kernels, configs } = matrix;
  if (kernels.has(name)) return endOfKernel(name, name, matrix);
  const at = name.lastIndexOf('+');
  const [kernel, config] = [name.slice(0, at), name.slice(at + 1)];
  const asked = at === -1 ? undefined : configs.get(config);
  if (asked !== undefined && kernels.has(kernel)) {
    const end = endOfKernel(name, kernel, matrix);
    return asked.kconfig === undefined ? end : { ...end, extra: asked.kconfig };
  }
  if (existsSync(name)) {
    return { label: name, base: { kind: 'file', path: resolve(name) }, request: NOTHING };
  }
  throw unknownEnd(name, matrix);
}

function endOfKernel(label: string, kernel: string, { kernels }: Matrix): NamedEnd {
  const source = kernels.get(kernel);
  if (source?.kind === 'source') {
    const { tree, base, request, mayBeAbsent } = source;
    return { label, base, request, tree, ...(mayBeAbsent === undefined ? {} : { mayBeAbsent }) };
  }
  const tree = source && treeOf(source);
  return {
    ...{ label, base: { kind: 'kernel', name: kernel }, request: NOTHING },
    ...(tree === undefined ? {} : { tree }),
  };
}

/**
 * The one tree that all ends are built from.
 * @param asked By `--tree`: a kernel of the matrix that is built from sources, a folder or a tarball.
 * Throws a UsageError if it is not clear.
 */
export function findTree(
  asked: string | undefined,
  ends: readonly NamedEnd[],
  matrix: Matrix,
): TreeSource {
  if (asked !== undefined) return namedTree(asked, matrix);
  const [first, ...others] = ends.flatMap(({ label, tree }) =>
    tree === undefined ? [] : [{ label, tree }],
  );
  const built = [...matrix.kernels].flatMap(([name, { kind }]) =>
    kind === 'source' ? [name] : [],
  );
  const example = built[0] ?? '../linux';
  if (first === undefined) {
    throw new UsageError(
      `${ends.map(({ label }) => label).join(' and ')}: neither is built from sources, but the kernels in between must be`,
      {
        code: 'BISECT_NO_TREE',
        remedy: `name the sources: --tree ${example}`,
      },
    );
  }
  const other = others.find(({ tree }) => !isDeepStrictEqual(tree, first.tree));
  if (other === undefined) return first.tree;
  throw new UsageError(
    `${first.label} and ${other.label} are built from different sources, and a search over configurations needs one tree`,
    {
      code: 'BISECT_TWO_TREES',
      remedy: `build both configurations from one: --tree ${first.label.split('+')[0]}; or look for the version with kmx bisect kernels`,
    },
  );
}

function namedTree(name: string, { kernels }: Matrix): TreeSource {
  const source = kernels.get(name);
  const tree = source && treeOf(source);
  if (tree !== undefined) return tree;
  if (source === undefined && existsSync(name)) {
    const kind = /\.tar(\.\w+)?$/.test(name) ? 'tarball' : 'folder';
    return { kind, path: resolve(name) };
  }
  const found = source === undefined ? 'neither a kernel nor a path' : 'a kernel without sources';
  throw new UsageError(`--tree ${name}: expected kernel sources; found ${found}`, {
    code: 'BISECT_NO_TREE',
    remedy: 'name a kernel of the matrix that is built from sources, a folder or a tarball of them',
  });
}

function unknownEnd(name: string, { kernels, configs }: Matrix): UsageError {
  const asking = [...configs].flatMap(([config, { kconfig }]) => (kconfig ? [config] : []));
  const built = [...kernels].flatMap(([kernel, { kind }]) => (kind === 'source' ? [kernel] : []));
  const builds = built.flatMap((kernel) => asking.map((config) => `${kernel}+${config}`));
  const known = [...builds, ...kernels.keys()];
  const near = suggestName(name, known);
  const remedy = `name a file with a configuration, or one of: ${listWords(known)}`;
  return new UsageError(
    `there is neither a kernel, a kernel with a config, nor a file ${quote(name)}`,
    {
      code: 'KERNEL_UNKNOWN',
      remedy: near === undefined ? remedy : `did you mean ${quote(near)}? ${remedy}`,
    },
  );
}
