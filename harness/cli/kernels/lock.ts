/** `kmx kernels lock`: writes what the kernels and agents of a matrix are, to the byte. */
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { KernelImage } from '../../kernels/kernel-image.ts';
import { resolveKernel } from '../../kernels/resolve-kernel.ts';
import { compareAgents, compareKernels } from '../../lock/compare.ts';
import type { Lock, LockedAgent, LockedKernel } from '../../lock/lock.ts';
import { parseLock } from '../../lock/parse.ts';
import { renderLock } from '../../lock/render.ts';
import { buildOf, type Cell } from '../../matrix/cell.ts';
import { lockBeside } from '../../matrix/default-files.ts';
import { expandMatrix } from '../../matrix/expand.ts';
import { type Matrix, namedValue } from '../../matrix/matrix.ts';
import { suggestName } from '../../matrix/suggest.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { orInfraError, resolveKernels } from '../../prepare/run-inputs.ts';
import { replaceFile } from '../../reporters/replace-file.ts';
import { renderTable } from '../../reporters/table.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { loadChecked } from '../load-checked.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lockAgent, lockKernel } from '../lock-entries.ts';
import { select } from '../selection.ts';
import { checkLock } from './check-lock.ts';

export interface LockOptions {
  readonly matrix: string;
  readonly profile?: string;
  readonly update?: readonly string[];
  readonly check?: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
  readonly json?: boolean;
}

/** Writes the lock, or with `--check` says what has changed since. */
export async function lockKernels(options: LockOptions): Promise<number> {
  const matrix = loadMatrix(options.matrix);
  if (options.check === true) return await checkLock(matrix, options);
  const file = lockBeside(matrix.file);
  const cells = cellsOf(matrix, options);
  const wanted = namesOf(cells, options.update);
  const before = readBefore(file, options, wanted);
  const lock = await untilStopped((signal) =>
    renew(matrix, cells, { before, wanted, options, signal }),
  );
  if (lock === undefined) return EXIT_CODES.interrupted;
  writeLock(file, renderLock(lock, basename(matrix.file)));
  process.stdout.write(`${renderChanges(before, lock, file).join('\n')}\n`);
  return EXIT_CODES.good;
}

/** Undefined after Ctrl-C. Kernels may have to be built, and nothing is pruned meanwhile. */
async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping; what is done is kept, and the lock stays as it is',
    second: 'kmx: ended at once',
  });
  const { signal } = interrupts;
  await using held = new AsyncDisposableStack();
  held.use(await useCache(cacheRoot(process.env)));
  try {
    const done = await work(signal);
    return signal.aborted ? undefined : done;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

function writeLock(file: string, text: string): void {
  try {
    replaceFile(file, [text]);
  } catch (error) {
    throw asStorageError(error, file);
  }
}

function cellsOf(matrix: Matrix, { profile }: LockOptions): readonly Cell[] {
  return profile === undefined ? expandMatrix(matrix) : select(matrix, { profile }).plan.cells;
}

/** Kernels by build, and agents. */
interface Names {
  readonly kernels: ReadonlySet<string>;
  readonly agents: ReadonlySet<string>;
}

/** A kernel that is built for several configs may be named by its name on the axis, too. */
function namesOf(cells: readonly Cell[], update: readonly string[] | undefined): Names {
  const isWanted = (...names: readonly string[]): boolean =>
    update === undefined || names.some((name) => update.includes(name));
  const known = cells.flatMap((cell) => [cell.kernel, buildOf(cell), cell.agent]);
  const unknown = update?.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const near = suggestName(unknown, known);
    throw new UsageError(`there is no kernel or agent ${unknown} in the matrix`, {
      code: 'UNKNOWN_NAME',
      remedy:
        near === undefined
          ? `there are: ${[...new Set(known)].join(', ')}`
          : `did you mean ${near}?`,
    });
  }
  const kernels = cells.filter((cell) => isWanted(cell.kernel, buildOf(cell))).map(buildOf);
  const agents = cells.map(({ agent }) => agent).filter((agent) => isWanted(agent));
  return { kernels: new Set(kernels), agents: new Set(agents) };
}

const NOTHING: Lock = { kernels: new Map(), agents: new Map() };

/** What is renewed may be faulty; what is kept may not. */
function readBefore(file: string, options: LockOptions, wanted: Names): Lock {
  if (!existsSync(file)) return NOTHING;
  if (options.update === undefined && options.profile === undefined) {
    const parsed = parseLock(readFileSync(file, 'utf8'));
    return parsed.isValid ? parsed.lock : NOTHING;
  }
  const renewed = wanted.kernels.union(wanted.agents);
  const remedy = 'rewrite it with kmx kernels lock';
  const kind = { file, what: 'the lock', code: 'LOCK', remedy };
  return loadChecked(kind, (text) => parseLock(text, { mayBeEdited: renewed })).lock;
}

interface Renewal {
  readonly before: Lock;
  readonly wanted: Names;
  readonly options: LockOptions;
  readonly signal: AbortSignal;
}

/**
 * Throws an InfraError if a kernel is not available and the lock has no entry for it; an existing entry
 * is kept.
 */
async function renew(
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

function renderChanges(before: Lock, after: Lock, file: string): readonly string[] {
  const kernels = changesOf(before.kernels, after.kernels, describeKernel, compareKernels);
  const agents = changesOf(before.agents, after.agents, describeAgent, compareAgents);
  const what = `${count(after.kernels.size, 'kernel')}, ${count(after.agents.size, 'agent')}`;
  return [...renderTable([...kernels, ...agents]), `${file}: ${what}`];
}

function changesOf<T>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
  describe: (entry: T) => string,
  compare: (one: T, other: T) => readonly { readonly what: string }[],
): readonly (readonly string[])[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.map((name) => {
    const [one, other] = [before.get(name), after.get(name)];
    if (other === undefined) return ['removed', name, ''];
    if (one === undefined) return ['new', name, describe(other)];
    const differences = compare(one, other);
    if (differences.length === 0) return ['same', name, describe(other)];
    const texts = [describe(one), describe(other)];
    const isTold = texts[0] !== texts[1];
    const text = isTold ? texts.join(' → ') : differences.map(({ what }) => what).join(', ');
    return ['changed', name, text];
  });
}

function describeKernel({ release, debian }: LockedKernel): string {
  return debian === undefined ? release : `${debian.version} (${debian.suite})`;
}

function describeAgent({ sources, program = '' }: LockedAgent): string {
  const digest = (sources ?? program).slice(0, 'sha256:'.length + 12);
  return sources === undefined ? digest : `sources ${digest}`;
}
