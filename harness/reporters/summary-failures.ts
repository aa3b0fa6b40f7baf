/**
 * The summary's part on what went wrong: each crash once, then each failure that no crash explains.
 */
import { isSameTest, type LastWords } from '../events.ts';
import { count, renderFirst } from '../phrases.ts';
import type { CrashReport, FailureReport, RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { renderTestName } from './progress.ts';
import type { SummaryOptions } from './summary-options.ts';

const CELLS_SHOWN_MAX = 2;
const TESTS_SHOWN_MAX = 3;
const BESIDE_SHOWN_MAX = 3;
const MESSAGE_LENGTH_MAX = 500;

/** Empty for a crash that was expected everywhere: known crashes have a line each, further down. */
export function renderCrash(
  crash: CrashReport,
  report: RunReport,
  options: SummaryOptions,
): readonly string[] {
  const { colors } = options;
  const { class: kind, title, source, signature, excerpt, kernelLived } = crash;
  const hits = crash.hits.filter(isUnexpected);
  if (hits.length === 0) return [];
  const log = source === 'agent-stderr' || source === 'agent-stdout' ? source : 'console';
  const isSurvivable = kind === 'agent-panic' || kind === 'kernel-oops';
  const kernel = isSurvivable && kernelLived ? '; the kernel lived on' : '';
  const [first] = hits;
  const words = kind === 'agent-panic' ? wordsOf(first, report) : undefined;
  // The title already says what the panic said.
  const lines = words?.lines.filter((line) => !excerpt.includes(line)) ?? [];
  return [
    renderTitle(kind, toLine(title), signature, colors),
    `  ${renderCount(hits)}${kernel}: ${renderCellNames(hits)}`,
    ...renderTests(hits, colors),
    ...(words !== undefined && lines.length > 0
      ? renderWords({ ...words, lines }, first, options)
      : renderLog(first, `${log}.log`, options)),
  ];
}

type Hit = CrashReport['hits'][number];

export function isUnexpected({ isExpected }: Hit): boolean {
  return isExpected !== true;
}

/**
 * A failure that was not expected: its cause, with one of the messages as an example, or its
 * message.
 */
export function renderFailure(
  { verdict, signature, cause, message, hits: all, beside }: FailureReport,
  report: RunReport,
  options: SummaryOptions,
): readonly string[] {
  const { colors } = options;
  const hits = all.filter(isUnexpected);
  const title = toLine(cause ?? message, MESSAGE_LENGTH_MAX) || 'without a message';
  const example = toLine(message, MESSAGE_LENGTH_MAX);
  const first = hits.find(({ guest }) => guest !== undefined);
  const words = wordsOf(first, report);
  const isHang = verdict === 'hang';
  return [
    renderTitle(verdict, title, signature, colors),
    `  ${renderCount(hits)}: ${renderCellNames(hits)}`,
    ...renderTests(hits, colors),
    ...(cause === undefined ? [] : [`  for example: ${example}`]),
    ...renderBeside(beside, colors),
    ...(isHang ? renderLog(first, 'picture.txt', options) : []),
    ...renderWords(words, first, options),
    ...(isHang || words !== undefined ? [] : renderLog(first, '', options)),
  ];
}

/** What was found besides, which did not decide but may explain the reason. */
function renderBeside(titles: readonly string[], colors: Colors): readonly string[] {
  return renderFirst(titles, BESIDE_SHOWN_MAX).map((title) =>
    colors.dim(`  also seen: ${toLine(title)}`),
  );
}

/** The signature, which expectations pin, comes last. */
function renderTitle(
  verdict: Verdict,
  title: string,
  signature: string | undefined,
  colors: Colors,
): string {
  const pinnedBy = signature === undefined ? [] : [colors.dim(signature)];
  return [paintVerdict(colors, verdict, verdict), colors.bold(title), ...pinnedBy].join('  ');
}

/** What the agent said last in the test of a hit. */
function wordsOf(hit: Hit | undefined, { cells }: RunReport): LastWords | undefined {
  if (hit?.test === undefined) return undefined;
  const { cell, test } = hit;
  const tests = cells.find(({ id }) => id === cell)?.tests ?? [];
  return tests.find((other) => isSameTest(other, test))?.detail?.lastWords;
}

function renderWords(
  words: LastWords | undefined,
  hit: Hit | undefined,
  { colors, folder }: SummaryOptions,
): readonly string[] {
  if (words === undefined || hit === undefined) return [];
  const path = logPath(folder, hit, `${words.source}.log`);
  return [`  ${path} says last:`, ...words.lines.map((line) => colors.dim(`    ${toLine(line)}`))];
}

/** Where to look: a file, or the guest's folder if none is named. */
function renderLog(
  hit: Hit | undefined,
  file: string,
  { folder }: SummaryOptions,
): readonly string[] {
  return hit === undefined ? [] : [`  ${logPath(folder, hit, file)}`];
}

function logPath(folder: string, { cell, guest = 1 }: Hit, file: string): string {
  return `${folder}/cells/${cell}/guest-${guest}/${file}`;
}

function renderCount(hits: readonly Hit[]): string {
  const cells = new Set(hits.map(({ cell }) => cell)).size;
  const tests = hits.filter(({ test }) => test !== undefined).length;
  return tests === 0
    ? `outside of tests, ${count(cells, 'cell')}`
    : `${count(tests, 'test')} of ${count(cells, 'cell')}`;
}

function renderCellNames(hits: readonly Hit[]): string {
  return renderFirst([...new Set(hits.map(({ cell }) => cell))], CELLS_SHOWN_MAX).join(', ');
}

function renderTests(hits: readonly Hit[], colors: Colors): readonly string[] {
  const names = new Set(
    hits.flatMap(({ test }) => (test === undefined ? [] : [renderTestName(test)])),
  );
  return renderFirst([...names], TESTS_SHOWN_MAX).map((name) => colors.dim(`    ${name}`));
}
