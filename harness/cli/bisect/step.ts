/** `kmx bisect-step`: one commit of `git bisect run`, in a tree of a kernel or an agent. */
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import type { Outcome } from '../../bisect/outcome.ts';
import type { WantedFailure } from '../../bisect/tell-outcome.ts';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import type { Matrix } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { describeDuration } from '../../phrases.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { EXIT_CODES, STEP_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { loadMatrix } from '../load-matrix.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { askedRepeats } from './asked-options.ts';
import { type BuiltTree, buildAgent, kernelOfTree } from './built-tree.ts';
import { createMeasurer, type Measured } from './measure.ts';
import { findPlace } from './measured-cell.ts';

export interface StepOptions {
  readonly matrix: string;
  readonly test?: readonly string[];
  readonly signature?: string;
  readonly expect?: 'fail';
  readonly kernel?: string;
  readonly agent?: string;
  readonly build?: string;
  readonly oldNew?: boolean;
  readonly passes?: number;
  readonly repeat?: number;
  readonly out?: string;
  readonly templates: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

/** Errors that a commit can cause; any others are the host's or the user's, and end the bisect. */
const FAULTS_OF_COMMITS = new Set([
  ...['BUILD_FAILED', 'CONFIGURE_FAILED', 'LOST_SYMBOLS', 'UNKNOWN_SYMBOLS', 'NOT_A_KERNEL'],
]);

export async function bisectStep(options: StepOptions): Promise<number> {
  const { test, agent, build } = options;
  const wanted = wantedOf(options);
  if (test === undefined) throw incomplete('--test', '--test v1 unguarded ":CPU quota"');
  if (build !== undefined && agent === undefined) {
    throw incomplete('--agent', '--agent target/release/kata-agent, which --build makes');
  }
  const matrix = loadMatrix(options.matrix);
  const commit = await readCommit();
  const folder = resolve(options.out ?? (await gitFolder()), commit);
  using interrupts = listenForInterrupts({
    first: 'kmx: stopping this step, and with it the bisect',
    second: 'kmx: ended at once',
  });
  const { signal } = interrupts;
  const beginMs = performance.now();
  const step = { matrix, test, wanted, folder, signal };
  const measured = await measureCommit(options, step).catch((error: unknown) => {
    if (signal.aborted) return undefined;
    throw error;
  });
  if (measured === undefined) return EXIT_CODES.interrupted;
  const { outcome, why } = measured;
  const took = describeDuration(performance.now() - beginMs);
  process.stdout.write(`${commit}  ${outcome}  ${why}  (${took}; ${folder})\n`);
  return codeOf(measured, options.oldNew === true);
}

interface Step {
  readonly matrix: Matrix;
  readonly test: readonly string[];
  readonly wanted: WantedFailure;
  readonly folder: string;
  readonly signal: AbortSignal;
}

async function measureCommit(
  options: StepOptions,
  { matrix: base, test, wanted, folder, signal }: Step,
): Promise<Measured> {
  const { agent, mirror, offline } = options;
  const { passes, repeat } = askedRepeats(options);
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const { kernel } = kernelOfTree(base, { name: options.kernel, isAgent: agent !== undefined });
  const place = findPlace(base, test, kernel);
  const build = omitUndefined({ path: agent, command: options.build });
  const built: BuiltTree =
    build.path === undefined
      ? { matrix: base }
      : await buildAgent(base, place.agent, { ...build, path: build.path, folder, signal });
  if (built.why !== undefined) return { outcome: 'unclear', why: built.why, folder };
  const { matrix } = built;
  await using held = new AsyncDisposableStack();
  held.use(await useCache(root));
  const measurer = createMeasurer({
    ...{ matrix, place, wanted, folder, isCacheRead: true },
    rule: { passes, most: repeat },
    host: {
      ...{ cacheRoot: root, findQemu: lookForQemu(process.env), signal },
      hasTemplates: options.templates,
      ...omitUndefined({ mirror, offline }),
    },
  });
  const measured = await measurer.measure(kernel);
  await held.disposeAsync();
  await boundCache(root, cacheMax);
  return measured;
}

/** Each step is a process of its own, and cannot learn what was bad before. */
function wantedOf({ signature, expect }: StepOptions): WantedFailure {
  if (signature !== undefined && expect === undefined) return { kind: 'signature', signature };
  if (signature === undefined && expect === 'fail') return { kind: 'any' };
  throw incomplete(
    'either --signature or --expect fail',
    '--signature with what kmx show says of the failure, or --expect fail to accept any',
  );
}

function incomplete(what: string, remedy: string): UsageError {
  return new UsageError(`bisect-step: expected ${what}`, {
    code: 'STEP_INCOMPLETE',
    remedy: `give ${remedy}`,
  });
}

async function readCommit(): Promise<string> {
  const { stdout, failed } = await execa('git', ['rev-parse', '--short', 'HEAD'], {
    reject: false,
  });
  return failed ? 'no-commit' : stdout.trim();
}

/** In git's own folder, so that the tree stays clean. */
async function gitFolder(): Promise<string> {
  const words = ['rev-parse', '--absolute-git-dir'];
  const { stdout, failed } = await execa('git', words, { reject: false });
  if (!failed) return join(stdout.trim(), 'kmx-bisect');
  throw new UsageError('bisect-step: the working directory is not in a git repository', {
    code: 'NO_REPOSITORY',
    remedy: 'change to the tree that is being bisected, or name a folder for reports with --out',
  });
}

/** What `git bisect run` is told. */
export function codeOf({ outcome, fault }: Measured, isOldNew: boolean): number {
  if (fault !== undefined && !FAULTS_OF_COMMITS.has(fault)) return STEP_CODES.stop;
  const opposite: Readonly<Record<Outcome, Outcome>> = {
    ...{ good: 'bad', bad: 'good', unclear: 'unclear' },
  };
  return STEP_CODES[isOldNew ? opposite[outcome] : outcome];
}
