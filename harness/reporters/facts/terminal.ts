/** Facts for a terminal: kernels side by side, then what changed from one to the next. */
import { isLost } from '../../facts/fact-map.ts';
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
import { renderBlocks } from '../comparison/blocks.ts';
import type { Colors } from '../paint.ts';
import { renderTable } from '../table.ts';

export interface FactsOptions {
  readonly colors: Colors;
  /** Columns of the terminal. */
  readonly width: number;
  /** List control files that came and went. */
  readonly hasFiles: boolean;
}

const INDENT = '  ';

export function renderFacts(sheet: FactSheet, options: FactsOptions): string {
  const sections = [
    sheet.interrupted ? [options.colors.yellow(`incomplete: ${INTERRUPTED}`)] : [],
    renderRows('v1: mounting each controller', sheet.v1, sheet, options),
    renderRows('v2: enabling each controller in cgroup.subtree_control', sheet.v2, sheet, options),
    renderRows('everything else', sheet.others, sheet, options),
    ...sheet.steps.map((step) => renderStep(step, options)),
    renderStatements('where /proc/cgroups is wrong', sheet.disagreements, sheet, options),
    renderStatements('what the kernels said of deprecated use', sheet.warnings, sheet, options),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function renderRows(
  title: string,
  rows: readonly FactRow[],
  { columns }: FactSheet,
  { colors, width }: FactsOptions,
): readonly string[] {
  if (rows.length === 0) return [];
  const head = ['', ...columns.map(({ name }) => colors.bold(toLine(name)))];
  const body = rows.map((row) => [
    nameRow(row),
    ...row.values.map((value) => paintValue(value, colors)),
  ]);
  return [colors.bold(title), ...renderBlocks([head, ...body], { width, indent: INDENT })];
}

function paintValue(value: string | undefined, { dim, red, green }: Colors): string {
  const text = describeValue(value);
  if (value === undefined) return dim(text);
  if (isLost(value)) return red(text);
  return value === 'ok' ? green(text) : text;
}

function renderStep(step: FactStep, { colors, hasFiles }: FactsOptions): readonly string[] {
  const { changes, files } = step;
  const head = `${colors.bold(nameStep(step))}  ${colors.dim(describeStep(step))}`;
  const rows = changes.map((change) => [
    nameFact(change.fact),
    describeChange(change),
    describeReasons(change.reasons),
  ]);
  const summary = countFiles(files);
  const listed = hasFiles
    ? files.map(describeFiles)
    : summary === ''
      ? []
      : [`${summary}: --files lists them`];
  const lines = [...renderTable(rows), ...listed];
  return [head, ...(lines.length === 0 ? ['no difference'] : lines).map((line) => INDENT + line)];
}

function renderStatements(
  title: string,
  statements: readonly Statement[],
  { columns }: FactSheet,
  { colors }: FactsOptions,
): readonly string[] {
  if (statements.length === 0) return [];
  const lines = statements.flatMap((statement) => [
    INDENT + toLine(statement.text, TEXT_MAX),
    `${INDENT}${INDENT}${colors.dim(namesOf(statement, columns.length))}`,
  ]);
  return [colors.bold(title), ...lines];
}

/** As long as init makes them. */
const TEXT_MAX = 256;

function namesOf({ columns: names }: Statement, all: number): string {
  return names.length === all && all > 1 ? 'all of them' : toLine(names.join(', '), NAMES_MAX);
}

const NAMES_MAX = 1000;
