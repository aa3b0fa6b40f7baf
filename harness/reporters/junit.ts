/**
 * junit.xml. Our own code: libraries for it let control characters through, which makes the whole
 * file unreadable to every consumer, or cannot tell kinds of failures apart. Only elements and
 * attributes that strict readers (Jenkins' junit-10.xsd) accept.
 *
 * What GitLab makes of it: `classname` is its column "Suite"; of cases with the same `classname` and
 * `name` it reads the first; `[[ATTACHMENT|path]]` in `system-out` is the link of a failed case, and only
 * the first one counts; files of 30 MB and more are refused.
 */
import { buildOf, isPlainMachine } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { createChangeLookup } from '../report/change-lookup.ts';
import { againWords, runWords } from '../report/reproduce-words.ts';
import type { CellReport, RunReport } from '../report/schema.ts';
import { describeUnlisted } from '../report/unlisted.ts';
import { cut, toLine, toPrintable } from '../text.ts';
import { describeCached } from './cached.ts';
import {
  type Case,
  type CaseKind,
  casesOf,
  evidenceOf,
  explainCase,
  guestFolderOf,
  kindOf,
  logsOf,
  looseFile,
  namesOf,
  STALE_MESSAGE,
  staleCases,
} from './cases.ts';
import { FORMATS, type FormatContext, type ReportFormat } from './format.ts';

export const junitFormat: ReportFormat = {
  name: 'junit',
  ...FORMATS.junit,
  pieces: (report, context) => junitPieces(report, context),
};

const TEXT_LENGTH_MAX = 16_384;
/** Of all evidence together: the rest of 30 MB is for what every case takes. */
export const TEXTS_LENGTH_MAX = 12_000_000;
const TEXT_LENGTH_MIN = 200;
const MESSAGE_LENGTH_MAX = 500;

interface JunitContext extends FormatContext {
  readonly report: RunReport;
  readonly changeOf: ReturnType<typeof createChangeLookup>;
  /** What changed in a cell since the baseline, by its id. */
  readonly changed: ReadonlyMap<string, string>;
  /** For the evidence of a case. */
  readonly textLengthMax: number;
}

/** One piece per cell: the whole may be more than a string can hold. */
export function* junitPieces(
  report: RunReport,
  context: FormatContext,
  textsLengthMax = TEXTS_LENGTH_MAX,
): Generator<string> {
  const name = `kernel-matrix ${attribute(report.run)}`;
  const stale = staleCases(report);
  const total = emptyCounts();
  for (const cell of report.cells) countCases(casesOf(cell), total);
  countCases(stale, total);
  const bad = total.kinds.failure + total.kinds.error;
  const share = Math.max(TEXT_LENGTH_MIN, Math.floor(textsLengthMax / Math.max(1, bad)));
  const changed = describeChangedCells(report);
  const changeOf = createChangeLookup(report);
  const textLengthMax = Math.min(TEXT_LENGTH_MAX, share);
  const inner = { ...context, report, changed, changeOf, textLengthMax };
  const classNames = classNamesOf(report.cells);
  yield '<?xml version="1.0" encoding="UTF-8"?>\n';
  yield `<testsuites name="${name}" ${renderCounts(total)}>\n`;
  for (const [index, cell] of report.cells.entries()) {
    yield `${renderSuite(cell, classNames[index] ?? cell.id, inner)}\n`;
  }
  if (stale.length > 0) yield `${renderStale(stale).join('\n')}\n`;
  yield '</testsuites>\n';
}

/**
 * Readers show the parts between dots as levels of a tree; some show only this name of a cell. Where names
 * with dots make two cells look alike, they are called by their ids.
 */
function classNamesOf(cells: readonly CellReport[]): readonly string[] {
  const names = cells.map(({ kernel, config, cgroup, agent, machine }) =>
    [kernel, config, cgroup, agent, ...(isPlainMachine(machine) ? [] : [machine])].join('.'),
  );
  const numbers = new Map<string, number>();
  for (const name of names) numbers.set(name, (numbers.get(name) ?? 0) + 1);
  return names.map((name, index) => (numbers.get(name) === 1 ? name : (cells[index]?.id ?? name)));
}

function renderStale(cases: readonly Case[]): readonly string[] {
  return [
    `  <testsuite name="expectations" ${countsOf(cases)}>`,
    ...cases.map(({ title }) => {
      const name = attribute(toLine(title, MESSAGE_LENGTH_MAX));
      const open = `    <testcase classname="expectations" name="${name}" time="0.000"`;
      return `${open}><failure type="stale-expectation" message="${STALE_MESSAGE}"/></testcase>`;
    }),
    '  </testsuite>',
  ];
}

function renderSuite(cell: CellReport, className: string, context: JunitContext): string {
  const cases = casesOf(cell);
  const names = namesOf(cases);
  return [
    `  <testsuite name="${attribute(cell.id)}" ${countsOf(cases)}>`,
    renderProperties(cell, context),
    ...cases.map((test, index) => {
      const named = `classname="${attribute(className)}" name="${attribute(names[index] ?? '')}"`;
      return `    <testcase ${named} ${renderRest(cell, test, context)}`;
    }),
    '  </testsuite>',
  ].join('\n');
}

/** Readers know properties of a suite, but not of a case. */
function renderProperties(cell: CellReport, { report, changed }: JunitContext): string {
  const { id, tests, machine, agentKind, build } = cell;
  const used = report.kernels.find(({ name }) => name === buildOf(cell));
  const values = {
    machine,
    'agent-kind': agentKind,
    ...omitUndefined({
      cached: describeCached(tests),
      build,
      unlisted: used && describeUnlisted(used),
      'since-baseline': changed.get(id),
    }),
  };
  const properties = Object.entries(values).map(
    ([name, value]) => `<property name="${name}" value="${attribute(value)}"/>`,
  );
  return `    <properties>${properties.join('')}</properties>`;
}

/** `20261128-031200-92a3: 2 new, 1 fixed`, counted in tests. */
function describeChangedCells({ baseline }: RunReport): ReadonlyMap<string, string> {
  const counts = new Map<string, Map<string, number>>();
  for (const { change, hits } of baseline?.changes ?? []) {
    for (const { cell } of hits) {
      const own = counts.get(cell) ?? new Map<string, number>();
      counts.set(cell, own.set(change, (own.get(change) ?? 0) + 1));
    }
  }
  return new Map(
    [...counts].map(([cell, own]) => {
      const words = [...own].map(([change, number]) => `${number} ${change}`).join(', ');
      return [cell, `${baseline?.run}: ${words}`];
    }),
  );
}

/** A case after its names. */
function renderRest(cell: CellReport, test: Case, context: JunitContext): string {
  const { verdict, durationMs, judgement } = test;
  const kind = kindOf(test);
  const time = `time="${seconds(durationMs)}"`;
  if (kind === 'passed') return `${time}/>`;
  const why = `${describeChange(cell, test, context)}${explainCase(test, context.report)}`;
  const message = attribute(toLine(why, MESSAGE_LENGTH_MAX));
  if (kind === 'skipped') return `${time}><skipped message="${message}"/></testcase>`;
  const body = text(bodyOf(cell, test, context), context.textLengthMax);
  const type = judgement?.status === 'unexpected-pass' ? judgement.status : verdict;
  const said = `<${kind} type="${type}" message="${message}">${body}</${kind}>`;
  return `${time}>${said}${renderAttachments(cell, test, context)}</testcase>`;
}

/** `new since 20261123-101500-0001: `; empty for what is as it was, or without a baseline. */
function describeChange(
  { id }: CellReport,
  test: Case,
  { report: { baseline }, changeOf }: JunitContext,
): string {
  const change = changeOf(id, test);
  return change === undefined ? '' : `${change} since ${baseline?.run}: `;
}

function bodyOf(cell: CellReport, test: Case, context: JunitContext): string {
  const folder = guestFolderOf(cell, test);
  const logs = folder === undefined ? [] : [`logs: ${folder}/`];
  const facts = [...logs, ...againLines(cell, test, context)].join('\n');
  return [facts, evidenceOf(test)].filter((part) => part !== '').join('\n\n');
}

/** None where it would take the evidence's place, or be cut off. */
function againLines(
  { id }: CellReport,
  test: Case,
  { report, commandLine, textLengthMax }: JunitContext,
): readonly string[] {
  const isLoose = test.file === looseFile(test.guest);
  const words = isLoose ? runWords(report, id) : againWords(report, id, test);
  const line = `again: ${toLine(commandLine(words), textLengthMax)}`;
  return line.length < textLengthMax / 4 ? [line] : [];
}

/** Paths as seen from where kmx ran, which on CI services is the folder that artifacts are taken from. */
function renderAttachments(cell: CellReport, test: Case, { folder }: JunitContext): string {
  const links = logsOf(cell, test).map((log) => text(`[[ATTACHMENT|${folder}/${log}]]`));
  return links.length === 0 ? '' : `<system-out>${links.join('\n')}</system-out>`;
}

interface Counts {
  readonly kinds: Record<CaseKind, number>;
  tests: number;
  durationMs: number;
}

function emptyCounts(): Counts {
  return { kinds: { passed: 0, skipped: 0, error: 0, failure: 0 }, tests: 0, durationMs: 0 };
}

function countCases(cases: readonly Case[], counts: Counts): void {
  for (const test of cases) {
    counts.kinds[kindOf(test)] += 1;
    counts.tests += 1;
    counts.durationMs += test.durationMs;
  }
}

function countsOf(cases: readonly Case[]): string {
  const counts = emptyCounts();
  countCases(cases, counts);
  return renderCounts(counts);
}

function renderCounts({ kinds, tests, durationMs }: Counts): string {
  return [
    `tests="${tests}"`,
    `failures="${kinds.failure}"`,
    `errors="${kinds.error}"`,
    `skipped="${kinds.skipped}"`,
    `time="${seconds(durationMs)}"`,
  ].join(' ');
}

/** Readers reject exponents, which JavaScript writes for small numbers. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function text(value: string, lengthMax = TEXT_LENGTH_MAX): string {
  return cut(toPrintable(value.slice(0, 2 * lengthMax)), lengthMax)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\n\t]/g, ' ');
}
