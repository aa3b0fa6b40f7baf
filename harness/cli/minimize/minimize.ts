/** `kmx minimize`: runs a failed test once more, and finds the least that still fails in the same way. */
import { join, resolve } from 'node:path';
import { cacheRoot } from '../../cache/cache-root.ts';
import { useCache } from '../../cache/inventory.ts';
import { signaturesOf } from '../../expectations/judge.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { judgeTry, summarize, type Tried } from '../../reproduce/judge.ts';
import { type Original, titleOf } from '../../reproduce/original.ts';
import { parseReference } from '../../reproduce/reference.ts';
import { repeatableCalls } from '../../trace/repeatable-calls.ts';
import { boundCache, readCacheMax } from '../bound-cache.ts';
import { colorsFor } from '../colors.ts';
import { commandLine } from '../command-line.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { listenForInterrupts } from '../interrupts.ts';
import { LinesLog } from '../lines-log.ts';
import { lookForQemu } from '../look-for-qemu.ts';
import { describeOriginal } from '../reproduce/describe-original.ts';
import {
  type FindAnywhereOptions,
  type FoundAnywhere,
  findAnywhere,
} from '../reproduce/find-anywhere.ts';
import { isRunName } from '../reproduce/past-failures.ts';
import { RowPrinter } from '../reproduce/row-printer.ts';
import { TRY_CODES } from '../reproduce/try-codes.ts';
import { shownFolder } from '../shown-folder.ts';
import { createRunId } from '../wanted-run.ts';
import { writeOutput } from '../write-output.ts';
import { Bench, type RanTest } from './bench.ts';
import { issueText, requestsText } from './issue-text.ts';
import { minimizeFailure, type Smallest, type TriedCandidate } from './minimize-failure.ts';
import { describeMinimized, type Minimized } from './minimized.ts';
import { ProgressLines } from './progress.ts';

export interface MinimizeOptions extends FindAnywhereOptions {
  readonly times?: number;
  /** For the text of the issue. */
  readonly output?: string;
  readonly json?: boolean;
  /** Commander's name for the absence of --no-guest. */
  readonly guest?: boolean;
  readonly mirror?: string;
  readonly offline?: boolean;
}

const FILE_WIDTH = 200;

export async function minimize(
  words: readonly string[],
  options: MinimizeOptions,
): Promise<number> {
  const reference = parseReference(words, { isRun: (word) => isRunName(options.out, word) });
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const findQemu = lookForQemu(process.env);
  await using held = new AsyncDisposableStack();
  const found = await findAnywhere(reference, options, root, held);
  const { buildIn, isLocked } = found;
  if (buildIn === 'container') (await import('../build-in-container.ts')).buildInContainer();
  held.use(await useCache(root));
  using interrupts = listenForInterrupts({ first: 'kmx: stopping' });
  const { signal } = interrupts;
  const { given, prepareCell, matrix, cell, original } = found;
  const folder = resolve(options.out, `minimize-${createRunId()}`);
  const { mirror, offline } = options;
  const host = { cacheRoot: root, findQemu, signal, jobs: 1 };
  const bench = held.use(
    new Bench({
      ...{ matrix, cell, test: original.test, folder },
      host: { ...host, ...omitUndefined({ mirror, offline, given, prepareCell, isLocked }) },
    }),
  );
  const search: Search = { found, bench, folder, options, signal };
  const code = await run(search, (minimized) => show(minimized, words, options));
  await held.disposeAsync();
  await boundCache(root, cacheMax);
  return code;
}

interface Search {
  readonly found: FoundAnywhere;
  readonly bench: Bench;
  readonly folder: string;
  readonly options: MinimizeOptions;
  readonly signal: AbortSignal;
}

/** @param onFound Called once there is something to show; after an interrupt, too. */
async function run(search: Search, onFound: (minimized: Minimized) => void): Promise<number> {
  const { found, bench, folder, options, signal } = search;
  const printer = openPrinter();
  const { title, details } = describeOriginal(found);
  printer.line(title, colorsFor(process.stderr, process.env).bold);
  for (const [label, text] of details) printer.detail(label, text);
  using log = new LinesLog<TriedCandidate>(join(folder, 'candidates.jsonl'));
  using progress = await ProgressLines.open(process.stderr, process.env, log);
  let smallest: Smallest | undefined;
  let reproduced: Reproduced | undefined;
  const tell = (isComplete: boolean): void => {
    if (reproduced === undefined || smallest === undefined) return;
    const { original, ran } = reproduced;
    const { tries: tried } = progress;
    onFound(describeMinimized({ original, smallest, tried, isComplete, report: ran.report }));
  };
  try {
    const first = await reproduce(search);
    printer.line(first.line);
    printer.line(`logs: ${shownFolder(folder)}`);
    if (first.reproduced === undefined) return first.code;
    reproduced = first.reproduced;
    const { ran, original } = reproduced;
    await minimizeFailure({
      ...{ bench, original, progress, result: ran.result, times: options.times ?? 1 },
      calls: repeatableCalls(ran.calls),
      hasGuest: options.guest !== false,
      onSmallest: (less) => {
        smallest = less;
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    progress[Symbol.dispose]();
    tell(false);
    return EXIT_CODES.interrupted;
  }
  log.check();
  progress[Symbol.dispose]();
  tell(true);
  return EXIT_CODES.good;
}

interface Reproduced {
  readonly ran: RanTest;
  /** What came, and has to come again. */
  readonly original: Original;
}

/** Runs the test itself until it fails in the same way. */
async function reproduce({ found, bench, options }: Search) {
  const tries: Tried[] = [];
  for (let number = 1; number <= (options.times ?? 1); number += 1) {
    const ran = await bench.runTest(number);
    const tried = judgeTry(found.original, ran.result);
    tries.push(tried);
    if (tried.outcome !== 'reproduced') continue;
    const { line } = summarize(found.original, tries);
    return { line, code: EXIT_CODES.good, reproduced: { ran, original: pin(found.original, ran) } };
  }
  const { line, outcome } = summarize(found.original, tries);
  return { line, code: TRY_CODES[outcome] };
}

/** An expectation may have several signatures: only that which came now is looked for from here on. */
function pin(original: Original, { result }: RanTest): Original {
  const came = signaturesOf(result);
  const same = came.filter((signature) => original.signatures.includes(signature));
  const signatures = same.length > 0 ? same : came.slice(0, 1);
  const { title: _, ...rest } = original;
  const { verdict } = result;
  return { ...rest, verdict, signatures, ...omitUndefined({ title: titleOf(result) }) };
}

function openPrinter(): RowPrinter {
  const { stderr } = process;
  return new RowPrinter({
    write: (text) => void stderr.write(text),
    colors: colorsFor(stderr, process.env),
    width: stderr.columns || FILE_WIDTH,
  });
}

function show(minimized: Minimized, words: readonly string[], options: MinimizeOptions): void {
  const { output, json } = options;
  const issue = issueText(minimized, commandLine(['reproduce', ...words], process.env));
  if (output !== undefined) {
    writeOutput('the issue', output, [issue]);
    process.stderr.write(`the issue is in ${output}\n`);
  }
  if (json === true) {
    process.stdout.write(`${JSON.stringify({ ...minimized, issue }, null, 2)}\n`);
  } else if (output === undefined) process.stdout.write(issue);
  else if (minimized.calls !== undefined) {
    process.stdout.write(`${requestsText(minimized.calls)}\n`);
  }
}
