/** Facts as Markdown, for an issue or a pull request. */
import type { FactRow, FactSheet, FactStep, Statement } from '../../facts/fact-sheet.ts';
import {
  countFiles,
  describeChange,
  describeFiles,
  describeReasons,
  describeStep,
  describeValue,
  INTERRUPTED,
  nameFact,
  nameRow,
  nameStep,
} from '../../facts/words.ts';
import { toLine } from '../../text.ts';
import { markdownTable, markdownText } from '../markdown.ts';

export function renderFactsMarkdown(sheet: FactSheet, hasFiles: boolean): string {
  const sections = [
    sheet.interrupted ? [`Incomplete: ${INTERRUPTED}.`] : [],
    rowsOf('v1: mounting each controller', sheet.v1, sheet),
    rowsOf('v2: enabling each controller in cgroup.subtree_control', sheet.v2, sheet),
    rowsOf('Everything else', sheet.others, sheet),
    ...sheet.steps.map((step) => stepOf(step, hasFiles)),
    statementsOf('Where /proc/cgroups is wrong', sheet.disagreements),
    statementsOf('What the kernels said of deprecated use', sheet.warnings),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function rowsOf(
  title: string,
  rows: readonly FactRow[],
  { columns }: FactSheet,
): readonly string[] {
  if (rows.length === 0) return [];
  const body = rows.map((row) => [nameRow(row), ...row.values.map(describeValue)]);
  return [`### ${title}`, '', ...markdownTable(['', ...columns.map(({ name }) => name)], body)];
}

function stepOf(step: FactStep, hasFiles: boolean): readonly string[] {
  const { changes, files } = step;
  const rows = changes.map((change) => [
    nameFact(change.fact),
    describeChange(change),
    describeReasons(change.reasons),
  ]);
  const table = rows.length === 0 ? [] : markdownTable(['fact', 'change', 'behind it'], rows);
  const summary = countFiles(files);
  const listed = hasFiles
    ? files.map((change) => `- ${markdownText(describeFiles(change))}`)
    : [summary];
  const below = summary === '' ? [] : ['', ...listed];
  const isSame = table.length === 0 && below.length === 0;
  return [
    `### ${markdownText(nameStep(step))}`,
    '',
    markdownText(describeStep(step)),
    '',
    ...(isSame ? ['No difference.'] : [...table, ...below]),
  ];
}

function statementsOf(title: string, statements: readonly Statement[]): readonly string[] {
  if (statements.length === 0) return [];
  const items = statements.map(({ text, columns }) => {
    return `- ${markdownText(toLine(text, TEXT_MAX))} (${markdownText(columns.join(', '))})`;
  });
  return [`### ${title}`, '', ...items];
}

const TEXT_MAX = 256;
