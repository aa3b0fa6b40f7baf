/** `kmx reproduce`: runs one test that has failed, shows all of it, and says whether it failed again. */
import { join, resolve } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { UsageError } from '../../errors.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { type Summary, summarize, type Tried } from '../../reproduce/judge.ts';
import { parseReference } from '../../reproduce/reference.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { colorsFor } from '../colors.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { outputWidth } from '../output-width.ts';
import type { QuietHost } from '../run-quietly.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import type { DebugOptions } from './debug-options.ts';
import type { DebugTools } from './debug-tools.ts';
import { describeOriginal } from './describe-original.ts';
import { type FindAnywhereOptions, findAnywhere } from './find-anywhere.ts';
import type { FoundOriginal } from './find-original.ts';
import { isRunName } from './past-failures.ts';
import type { RewindOptions } from './rewind/rewind-options.ts';
import { RowPrinter } from './row-printer.ts';
import { TRY_CODES } from './try-codes.ts';
import { type TryOptions, tryOnce } from './try-once.ts';

export interface ReproduceOptions extends DebugOptions, RewindOptions, FindAnywhereOptions {
  readonly times?: number;
  /** How many tries at most. */
  readonly untilFails?: number;
  readonly realBoot?: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

export async function reproduce(
  words: readonly string[],
  options: ReproduceOptions,
): Promise<number> {
  checkOptions(options);
  const reference = parseReference(words, { isRun: (word) => isRunName(options.out, word) });
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const findQemu = lookForQemu(process.env);
  await using held = new AsyncDisposableStack();
  const { given, prepareCell, ...found } = await findAnywhere(reference, options, root, held);
  const { buildIn, isLocked } = found;
  if (buildIn === 'container') (await import('../build-in-container.ts')).buildInContainer();
  held.use(await useCache(root));
  using interrupts = listenForInterrupts({ first: 'kmx: stopping' });
  const { signal } = interrupts;
  const { mirror, offline } = options;
  const host: QuietHost = {
    ...{ cacheRoot: root, findQemu, signal, jobs: 1 },
    // Nobody would ever use a saved guest of a bundle again.
    hasTemplates: options.realBoot !== true && given === undefined,
    ...omitUndefined({ mirror, offline, given, prepareCell, isLocked }),
  };
  try {
    const summary = await tryAll(found, options, host);
    await held.disposeAsync();
    await boundCache(root, cacheMax);
    // A shell was open in the place of the test, and nothing was to be shown.
    return summary === undefined ? EXIT_CODES.good : TRY_CODES[summary.outcome];
  } catch (error) {
    if (signal.aborted) return EXIT_CODES.interrupted;
    throw error;
  }
}

/** They would be ignored. */
function checkOptions({ rewind, call, set, request }: ReproduceOptions): void {
  const given = Object.entries({ call, set, request }).find(([, value]) => value !== undefined);
  if (rewind === true || given === undefined) return;
  throw new UsageError(`--${given[0]}: expected --rewind with it`, {
    code: 'OPTION_WITHOUT_REWIND',
    remedy: 'add --rewind',
  });
}

/** Undefined if the test was not to run. */
async function tryAll(
  found: FoundOriginal,
  options: ReproduceOptions,
  host: QuietHost,
): Promise<Summary | undefined> {
  const { original } = found;
  const { stdout } = process;
  const colors = colorsFor(stdout, process.env);
  const printer = new RowPrinter({
    ...{ write: (text) => void stdout.write(text), colors, width: outputWidth() },
  });
  const { title, details } = describeOriginal(found);
  printer.line(title, colors.bold);
  for (const [label, text] of details) printer.detail(label, text);
  const folder = resolve(options.out, `reproduce-${createRunId()}`);
  const { most, isEnough } = boundsOf(options);
  const debug = await debugTools(found, options, host);
  const rewind = await openRewind(found, options, host);
  const tries: Tried[] = [];
  while (tries.length < most && !isEnough(tries)) {
    const number = tries.length + 1;
    if (most > 1) printer.line(`\ntry ${number} of ${most}`, colors.bold);
    const tried = await tryOnce({
      ...{ ...found, host, printer, colors, folder: join(folder, String(number)) },
      ...{ showsBoot: options.realBoot === true, isFirst: number === 1 },
      ...omitUndefined({ debug, rewind }),
    });
    if (tried === undefined) return undefined;
    tries.push(tried);
    if (most > 1) printer.line(describeTry(tried));
  }
  const summary = summarize(original, tries);
  printer.line(`\nlogs: ${shownFolder(most === 1 ? join(folder, '1') : folder)}`);
  const paint = summary.outcome === 'reproduced' ? colors.green : colors.red;
  printer.line(summary.line, paint);
  return summary;
}

async function debugTools(
  { matrix, cell, original: { test } }: FoundOriginal,
  options: ReproduceOptions,
  host: QuietHost,
): Promise<DebugTools | undefined> {
  if (
    [options.gdb, options.strace, options.shell, options.share].every((one) => one === undefined)
  ) {
    return undefined;
  }
  const { openDebugTools } = await import('./debug-tools.ts');
  return await openDebugTools(options, { matrix, cell, test, host });
}

async function openRewind(
  found: FoundOriginal,
  options: ReproduceOptions,
  host: QuietHost,
): Promise<TryOptions['rewind']> {
  if (options.rewind !== true) return undefined;
  const { checkRewind, Rewind } = await import('./rewind/rewind-attendant.ts');
  checkRewind(found);
  return (shown) => Rewind.open({ ...found, ...shown, options, host });
}

function describeTry({ outcome, what }: Tried): string {
  return outcome === 'different' || outcome === 'not-measured'
    ? `${outcome.replace('-', ' ')}: ${what}`
    : outcome.replaceAll('-', ' ');
}

interface Bounds {
  readonly most: number;
  readonly isEnough: (tries: readonly Tried[]) => boolean;
}

function boundsOf({ times, untilFails }: ReproduceOptions): Bounds {
  if (untilFails === undefined) return { most: times ?? 1, isEnough: () => false };
  const hasFailed = ({ outcome }: Tried): boolean =>
    outcome === 'reproduced' || outcome === 'different';
  return {
    most: untilFails,
    isEnough: (tries) => tries.some(hasFailed),
  };
}
