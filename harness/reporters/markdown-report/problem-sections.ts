/** What went wrong and was not expected, each cause once, with what it hits and how to see it again. */
import { isSameTest } from '../../events.ts';
import { count, renderFirst } from '../../phrases.ts';
import { countCells, type Hit, type Problem, problemsOf } from '../../report/problems.ts';
import { hitWords, runWords } from '../../report/reproduce-words.ts';
import type { CrashReport } from '../../report/schema.ts';
import { cut } from '../../text.ts';
import { logsOf } from '../cases.ts';
import { markdownBlock, markdownCode } from '../markdown.ts';
import { renderTestName } from '../progress.ts';
import type { MarkdownContext, Section } from './section.ts';

const PROBLEMS_SHOWN_MAX = 200;
const CELLS_SHOWN_MAX = 5;
const TESTS_SHOWN_MAX = 5;
const BESIDE_SHOWN_MAX = 3;
const TITLE_LENGTH_MAX = 300;
const EXCERPT_LINES_MAX = 30;
const EXCERPT_LENGTH_MAX = 4096;
const PATH_LENGTH_MAX = 1000;
/** The whole cell is run again where the name of a test would take more. */
const COMMAND_LENGTH_MAX = 2000;

export function problemSections(context: MarkdownContext): readonly Section[] {
  const problems = problemsOf(context.report);
  const crashes = problems.filter(({ group }) => 'class' in group);
  const misses = problems.filter(({ verdict }) => verdict === 'miss');
  const failures = problems.filter(
    ({ group, verdict }) => !('class' in group) && verdict !== 'miss',
  );
  return [
    sectionOf('Crashes', 'crash', crashes, context),
    sectionOf('Failures', 'failure', failures, context),
    sectionOf('Not measured', 'unmeasured result', misses, context),
  ];
}

function sectionOf(
  title: string,
  noun: string,
  problems: readonly Problem[],
  context: MarkdownContext,
): Section {
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX);
  const more = problems.length - shown.length;
  return {
    title,
    noun,
    items: [
      ...shown.map((problem) => describeProblem(problem, context)),
      ...(more === 0
        ? []
        : [[`… and ${more} more: see ${markdownCode(`${context.folder}/report.json`)}`]]),
    ],
  };
}

function describeProblem(problem: Problem, context: MarkdownContext): readonly string[] {
  const { group, verdict, hits, isNew, isExpired } = problem;
  const [first] = hits;
  const title = markdownCode('class' in group ? group.title : group.message, TITLE_LENGTH_MAX);
  const facts = [
    ...(isNew ? ['**new**'] : []),
    ...(isExpired ? ['its expectation has expired'] : []),
    whereOf(hits),
    ...('class' in group && group.kernelLived && verdict !== 'kernel-panic'
      ? ['the kernel lived on']
      : []),
    ...(group.signature === undefined ? [] : [`signature ${markdownCode(group.signature)}`]),
  ];
  return [
    `### ${verdict}${title === '' ? '' : `: ${title}`}`,
    '',
    facts.join(' · '),
    '',
    ...pointsOf(problem, context),
    ...(first === undefined ? [] : ['', ...showAgain(first, group.signature, context)]),
    ...('class' in group ? ['', ...excerptOf(group)] : []),
  ];
}

function whereOf(hits: readonly Hit[]): string {
  const tests = hits.filter(({ test }) => test !== undefined).length;
  const cells = count(countCells(hits), 'cell');
  return tests === 0 ? `outside of tests, ${cells}` : `${count(tests, 'test')} of ${cells}`;
}

function pointsOf({ group, hits }: Problem, context: MarkdownContext): readonly string[] {
  const cells = [...new Set(hits.map(({ cell }) => cell))].map((cell) => markdownCode(cell));
  const names = hits.flatMap(({ test }) => (test === undefined ? [] : [renderTestName(test)]));
  const tests = [...new Set(names)].map((name) => markdownCode(name));
  const log = logOf(hits[0], group, context);
  const beside = 'beside' in group ? group.beside.map((title) => markdownCode(title)) : [];
  return [
    `- cells: ${renderFirst(cells, CELLS_SHOWN_MAX).join(', ')}`,
    ...(tests.length === 0 ? [] : [`- tests: ${renderFirst(tests, TESTS_SHOWN_MAX).join(', ')}`]),
    ...(beside.length === 0
      ? []
      : [`- also seen: ${renderFirst(beside, BESIDE_SHOWN_MAX).join(', ')}`]),
    ...(log === undefined ? [] : [`- log: ${log}`]),
  ];
}

function logOf(
  hit: Hit | undefined,
  group: Problem['group'],
  { cells, folder, hasLinks }: MarkdownContext,
): string | undefined {
  const cell = cells.get(hit?.cell ?? '');
  if (hit === undefined || cell === undefined || hit.guest === undefined) return undefined;
  const { test: wanted, guest } = hit;
  const test = wanted && cell.tests.find((one) => isSameTest(one, wanted));
  const isAgents = 'source' in group && group.source.startsWith('agent-');
  const ofGuest = `cells/${cell.id}/guest-${guest}/${isAgents ? group.source : 'console'}.log`;
  const path = (test && logsOf(cell, test)[0]) ?? ofGuest;
  if (!hasLinks) return markdownCode(`${folder}/${path}`, PATH_LENGTH_MAX);
  const address = path.split('/').map(encodePart).join('/');
  return `[${markdownCode(path, PATH_LENGTH_MAX)}](<${address}>)`;
}

/** What encodeURIComponent throws for and what it leaves, but would mean something here. */
function encodePart(part: string): string {
  return encodeURIComponent(part.toWellFormed()).replace(/['()*]/g, '_');
}

function showAgain(
  hit: Hit,
  signature: string | undefined,
  { report, commandLine }: MarkdownContext,
): readonly string[] {
  const commands = [hitWords(report, hit, signature), runWords(report, hit.cell)].map(commandLine);
  const command = commands.find(({ length }) => length <= COMMAND_LENGTH_MAX);
  return command === undefined ? [] : markdownBlock('sh', command);
}

/** Folded, since few readers need it. */
function excerptOf({ excerpt }: CrashReport): readonly string[] {
  const lines = excerpt.split('\n');
  const shown = cut(lines.slice(0, EXCERPT_LINES_MAX).join('\n'), EXCERPT_LENGTH_MAX);
  if (shown.trim() === '') return [];
  return [
    '<details><summary>its report</summary>',
    '',
    ...markdownBlock('text', shown),
    '',
    '</details>',
  ];
}
