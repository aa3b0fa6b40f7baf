/** What `kmx kernels fetch` and `kmx kernels build` have in common: a line for each kernel, whether it succeeds or not. */
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { MatrixKernels } from '../../kernels/matrix-kernels.ts';
import type { KernelBuild } from '../../matrix/builds.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { renderTable } from '../../reporters/table.ts';
import { toLine } from '../../text.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { openFetchDisplay } from '../fetch-display.ts';
import { listenForInterrupts } from '../interrupts.ts';

export interface EachKernelOptions {
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** What was done for a kernel: cells of a table, the version first. */
export type Done = readonly [version: string, what: string];

/** The columns of a kernel's line, or why it failed. */
export interface Outcome {
  readonly name: string;
  readonly result: Done | UsageError | InfraError;
}

/** One that fails does not keep the others from being done. */
export async function doEach(
  builds: readonly KernelBuild[],
  work: (build: KernelBuild) => Promise<Done>,
): Promise<readonly Outcome[]> {
  return await Promise.all(
    builds.map(async (build): Promise<Outcome> => {
      const result = await work(build).catch((error: unknown) => {
        if (error instanceof UsageError || error instanceof InfraError) return error;
        throw error;
      });
      return { name: build.name, result };
    }),
  );
}

export type Work = (
  builds: readonly KernelBuild[],
  kernels: MatrixKernels,
) => Promise<readonly Outcome[]>;

/** Prints how it goes, and returns the exit code. Nothing is pruned meanwhile. */
export async function workOnKernels(
  matrix: Matrix,
  builds: readonly KernelBuild[],
  { mirror, offline }: EachKernelOptions,
  work: Work,
): Promise<number> {
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping; what is done is kept',
    second: 'kmx: ended at once',
  });
  const { signal } = interrupts;
  await using held = new AsyncDisposableStack();
  held.use(await useCache(root));
  const outcomes = await withDisplay(async (onProgress) => {
    const context = { cacheRoot: root, onProgress, signal, ...omitUndefined({ mirror, offline }) };
    return await work(builds, new MatrixKernels(matrix.kernels, context));
  }).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (outcomes === undefined || signal.aborted) return EXIT_CODES.interrupted;
  for (const line of renderDone(outcomes)) process.stdout.write(`${line}\n`);
  for (const line of renderFaults(outcomes)) process.stderr.write(`${line}\n`);
  await held.disposeAsync();
  await boundCache(root, cacheMax);
  return codeOf(outcomes);
}

async function withDisplay<T>(
  work: (onProgress: Awaited<ReturnType<typeof openFetchDisplay>>['onProgress']) => Promise<T>,
): Promise<T> {
  using fetches = await openFetchDisplay(process.stderr, process.env);
  return await work(fetches.onProgress);
}

/** What was done. */
export function renderDone(outcomes: readonly Outcome[]): readonly string[] {
  return renderTable(
    outcomes.flatMap(({ name, result }) => (result instanceof Error ? [] : [[name, ...result]])),
  );
}

/** What was not, with what to do about it. */
export function renderFaults(outcomes: readonly Outcome[]): readonly string[] {
  return outcomes.flatMap(({ name, result }) => {
    if (!(result instanceof Error)) return [];
    const { message, output, remedy } = result;
    const printed = (output?.split('\n') ?? []).map(
      (line) => `  | ${indentOf(line)}${toLine(line)}`,
    );
    const remedies = remedy === undefined ? [] : [`  ${remedy}`];
    return [`kmx: ${name}: ${toLine(message)}`, ...printed, ...remedies];
  });
}

/** The lines that explain another one are indented. */
function indentOf(line: string): string {
  return /^ {0,8}/.exec(line)?.[0] ?? '';
}

/** The user's mistakes count more than faults of the host. */
export function codeOf(outcomes: readonly Outcome[]): number {
  const results = outcomes.map(({ result }) => result);
  if (results.some((result) => result instanceof UsageError)) return EXIT_CODES.usage;
  const isFaulty = results.some((result) => result instanceof InfraError);
  return isFaulty ? EXIT_CODES.unmeasured : EXIT_CODES.good;
}
