/** What the working directory is built to: a kernel, or the agent of a matrix made in memory. */
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { UsageError } from '../../errors.ts';
import type { AgentSource, BuiltSource, Matrix } from '../../matrix/matrix.ts';
import { namedValue } from '../../matrix/matrix.ts';
import { listWords, quote } from '../../matrix/problem.ts';
import { toLine } from '../../text.ts';
import type { TriedKernel } from './measured-cell.ts';

export interface BuiltTree {
  readonly matrix: Matrix;
  /** Why there is nothing to measure; absent: it was built. */
  readonly why?: string;
}

const PLAIN: Omit<BuiltSource, 'tree'> = {
  kind: 'source',
  base: { kind: 'minimal' },
  request: { fragments: [], symbols: {} },
};

/**
 * The kernel to be tried: that of the working directory, built as the matrix builds its own, or for an
 * agent's tree one of the matrix as it is. Throws a UsageError if it is not clear which one is meant.
 */
export function kernelOfTree(
  { kernels }: Matrix,
  { name, isAgent }: { readonly name: string | undefined; readonly isAgent: boolean },
): { readonly kernel: TriedKernel } {
  if (name !== undefined && !kernels.has(name)) {
    throw new UsageError(`--kernel: the matrix has no kernel ${quote(name)}`, {
      code: 'KERNEL_UNKNOWN',
      remedy: `it has ${listWords([...kernels.keys()], 'and')}`,
    });
  }
  if (isAgent) {
    const own = name ?? [...kernels.keys()][0] ?? '';
    return { kernel: { name: own, source: namedValue(kernels, own) } };
  }
  const tree = { kind: 'folder', path: process.cwd() } as const;
  const built = [...kernels].flatMap(([own, source]) =>
    source.kind === 'source' && (name === undefined || own === name) ? [{ name: own, source }] : [],
  );
  const [first, ...others] = built;
  if (first === undefined && name === undefined) {
    return { kernel: { name: 'tree', source: { ...PLAIN, tree } } };
  }
  if (first === undefined || others.length > 0)
    throw notOneSource(
      name,
      built.map((each) => each.name),
    );
  return { kernel: { name: first.name, source: { ...first.source, tree } } };
}

function notOneSource(name: string | undefined, names: readonly string[]): UsageError {
  if (name === undefined) {
    return new UsageError(`the matrix builds several kernels: ${listWords(names, 'and')}`, {
      code: 'KERNEL_UNCLEAR',
      remedy: 'name the one whose settings to use with --kernel',
    });
  }
  return new UsageError(`--kernel ${name}: this kernel of the matrix is not built from sources`, {
    code: 'KERNEL_NOT_BUILT',
    remedy: 'name one that is, or leave it out; for a tree of an agent, give --agent',
  });
}

export interface AgentBuild {
  /** Of the program, in the working directory. */
  readonly path: string;
  /** For the shell; absent: something else has built it. */
  readonly command?: string;
  /** For the log. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

const SAID_LENGTH_MAX = 300;

/** The matrix with the tree's program in place of that of an agent, which keeps its settings. */
export async function buildAgent(
  matrix: Matrix,
  name: string,
  { path, command, folder, signal }: AgentBuild,
): Promise<BuiltTree> {
  if (command !== undefined) {
    const log = join(folder, 'build.log');
    mkdirSync(folder, { recursive: true });
    writeFileSync(log, `$ ${command}\n`);
    const { failed, exitCode, all } = await execa(command, {
      ...{ shell: true, all: true, reject: false, stdin: 'ignore', cancelSignal: signal },
    });
    appendFileSync(log, `${all}\n`);
    signal.throwIfAborted();
    if (failed) {
      const said = all.trimEnd().split('\n').at(-1) ?? '';
      const why = `the build ended with ${exitCode ?? 'a signal'}: ${said}`;
      return { matrix, why: toLine(why, SAID_LENGTH_MAX) };
    }
  }
  const agent = withProgram(namedValue(matrix.agents, name), resolve(path));
  return { matrix: { ...matrix, agents: new Map([...matrix.agents, [name, agent]]) } };
}

function withProgram(source: AgentSource, path: string): AgentSource {
  switch (source.kind) {
    // It speaks kata-agent's protocol.
    case 'reference':
      return {
        ...{ kind: 'kata', path, arguments: [`--guard=${source.guard}`] },
        ...{ environment: {}, libraryPath: [] },
      };
    case 'kata': {
      const { archived: _, ...own } = source;
      return { ...own, path };
    }
  }
}
