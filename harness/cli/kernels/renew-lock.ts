/** Makes the entries of a lock anew. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { InfraError } from '../../errors.ts';
import type { KernelImage } from '../../kernels/kernel-image.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import type { Lock, LockedAgent, LockedKernel } from '../../lock/lock.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { orInfraError, resolveKernels } from '../../prepare/run-inputs.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { lockAgent, lockKernel } from '../lock-entries.ts';
import type { NamesToLock } from './names-to-lock.ts';

export interface RenewOptions {
  readonly profile?: string;
  readonly update?: readonly string[];
  readonly mirror?: string;
  readonly offline?: boolean;
}

interface Renewal {
  readonly before: Lock;
  readonly wanted: NamesToLock;
  readonly options: RenewOptions;
  /** Ends builds. */
  readonly signal: AbortSignal;
}

/**
 * Throws an InfraError if a kernel is not available and the lock has no entry for it; an existing entry
 * is kept.
 */
export async function renewLock(
  matrix: Matrix,
  cells: readonly Cell[],
  { before, wanted, options, signal }: Renewal,
): Promise<Lock> {
  const { mirror, offline, profile, update } = options;
  const root = cacheRoot(process.env);
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const chosen = cells.filter((cell) => wanted.kernels.has(buildOf(cell)));
  const context = {
    cacheRoot: root,
    signal,
    onProgress: fetches.onProgress,
    ...omitUndefined({ mirror, offline }),
  };
  const resolved = await resolveKernels(
    matrix,
    { profile: profile ?? 'all', cells: chosen },
    context,
  );
  const bases = basesOf(matrix, chosen).filter((name) => !resolved.has(name));
  const resolvedBases = await Promise.all(
    bases.map(async (name) => {
      const image = resolveKernel(name, namedValue(matrix.kernels, name), context);
      return [name, await orInfraError(image)] as const;
    }),
  );
  // Renewing everything also removes what is no longer in the matrix.
  const isPartial = profile !== undefined || update !== undefined;
  const kernels = new Map<string, LockedKernel>(isPartial ? before.kernels : []);
  for (const [name, kernel] of [...resolved, ...resolvedBases]) {
    kernels.set(name, await lockOrKeep(name, kernel, before.kernels.get(name)));
  }
  const agents = new Map<string, LockedAgent>(isPartial ? before.agents : []);
  for (const name of wanted.agents) {
    agents.set(name, await lockAgent(namedValue(matrix.agents, name), root));
  }
  return { kernels, agents };
}

/** Kernels that no cell boots, but whose configuration another one is made from. */
function basesOf(matrix: Matrix, cells: readonly Cell[]): readonly string[] {
  const bases = cells.flatMap(({ kernel }): readonly string[] => {
    const source = namedValue(matrix.kernels, kernel);
    if ('orBuild' in source && source.orBuild !== undefined) return [kernel];
    return source.kind === 'source' && source.base.kind === 'kernel' ? [source.base.name] : [];
  });
  return [...new Set(bases)].filter((name) =>
    namedValue(matrix.kernels, name).kind.startsWith('debian-'),
  );
}

async function lockOrKeep(
  name: string,
  kernel: KernelImage | InfraError,
  before: LockedKernel | undefined,
): Promise<LockedKernel> {
  if (!(kernel instanceof InfraError)) return await lockKernel(kernel);
  if (before === undefined) {
    throw new InfraError(
      `${name} cannot be locked, and the lock was not written: ${kernel.message}`,
      {
        code: kernel.code,
        ...omitUndefined({ remedy: kernel.remedy, output: kernel.output }),
        cause: kernel,
      },
    );
  }
  process.stderr.write(`kmx: ${name} keeps its entry in the lock: ${kernel.message}\n`);
  return before;
}
