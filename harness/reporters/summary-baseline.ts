/** The summary's first part: what changed since the baseline, and in what the two runs were made from. */
import { count, renderFirst } from '../phrases.ts';
import type { ChangedInput, ChangeReport } from '../report/baseline-schema.ts';
import {
  describeChanges,
  describeInput,
  describeOther,
  nameInput,
} from '../report/baseline-words.ts';
import { newHits } from '../report/new-hits.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { renderTestName } from './progress.ts';
import type { SummaryOptions } from './summary-options.ts';

const GROUPS_SHOWN_MAX = 10;
const INPUTS_SHOWN_MAX = 10;
const SYMBOLS_SHOWN_MAX = 5;
const CELLS_SHOWN_MAX = 2;
const TESTS_SHOWN_MAX = 3;
const MISSING_SHOWN_MAX = 5;

export function renderBaseline(
  { baseline }: Pick<RunReport, 'baseline'>,
  { colors, folder }: Pick<SummaryOptions, 'colors' | 'folder'>,
): readonly string[] {
  if (baseline === undefined) return [];
  const { run, from, inputs, changes, missing } = baseline;
  const what = describeChanges(changes) || 'no result changed';
  const made = inputs.length === 0 ? ', and no input' : '';
  const more = changes.length - GROUPS_SHOWN_MAX;
  return [
    `${colors.bold(`Since ${toLine(run)}`)} ${colors.dim(`(${toLine(from)})`)}: ${what}${changes.length === 0 ? made : ''}`,
    ...changes.slice(0, GROUPS_SHOWN_MAX).flatMap((change) => renderChange(change, colors)),
    ...(more > 0 ? [`  … and ${more} more: see ${folder}/report.json`] : []),
    ...renderInputs(inputs, changes.length > 0, colors),
    ...renderFirst(missing, MISSING_SHOWN_MAX).map((line) => `  ${colors.yellow(toLine(line))}`),
  ];
}

function renderChange(change: ChangeReport, colors: Colors): readonly string[] {
  const { change: kind, hits } = change;
  const other = describeOther(change);
  const isKnown = hits.every(({ isExpected }) => isExpected === true);
  const cells = [...new Set(hits.map(({ cell }) => toLine(cell)))];
  const tests = hits.flatMap(({ test }) => (test === undefined ? [] : [renderTestName(test)]));
  const number =
    tests.length === 0
      ? `outside of tests, ${count(cells.length, 'cell')}`
      : `${count(tests.length, 'test')} of ${count(cells.length, 'cell')}`;
  const words = [number, kind === 'new' ? other : '', isKnown ? 'as expected' : ''];
  return [
    `  ${[paintKind(change, isKnown, colors), ...titleOf(change, other, colors)].join('  ')}`,
    ...(kind === 'changed' && other !== '' ? [`    ${other}`] : []),
    `    ${joinWords(words, ', ')}: ${renderFirst(cells, CELLS_SHOWN_MAX).join(', ')}`,
    ...renderFirst([...new Set(tests)], TESTS_SHOWN_MAX).map((name) => colors.dim(`      ${name}`)),
  ];
}

/** What went wrong; of what was lost or added, why. */
function titleOf(
  { change, now, before }: ChangeReport,
  other: string,
  colors: Colors,
): readonly string[] {
  const result = change === 'fixed' ? before : now;
  if (change === 'lost' || change === 'added' || result === undefined) return [other];
  const { verdict, why, signature } = result;
  return [
    paintVerdict(colors, verdict, verdict),
    ...(why === '' ? [] : [colors.bold(toLine(why))]),
    ...(signature === undefined ? [] : [colors.dim(toLine(signature))]),
  ];
}

function joinWords(words: readonly string[], separator: string): string {
  return words.filter((word) => word !== '').join(separator);
}

function paintKind(change: ChangeReport, isKnown: boolean, colors: Colors): string {
  const { change: kind } = change;
  if (isKnown) return colors.dim(kind);
  if (newHits(change).length > 0) return colors.red(kind);
  return kind === 'lost' ? colors.yellow(kind) : colors.green(kind);
}

function renderInputs(
  inputs: readonly ChangedInput[],
  hasChanges: boolean,
  colors: Colors,
): readonly string[] {
  if (inputs.length === 0) return hasChanges ? ['  No input changed.'] : [];
  const lines = inputs.map((input) => [
    `    ${nameInput(input)}: ${describeInput(input)}`,
    ...renderSymbols(input).map((line) => colors.dim(`      ${line}`)),
  ]);
  const more = lines.length - INPUTS_SHOWN_MAX;
  return [
    '  Inputs that changed',
    ...lines.slice(0, INPUTS_SHOWN_MAX).flat(),
    ...(more > 0 ? [`    … and ${more} more`] : []),
  ];
}

function renderSymbols({ kind, details, count: all = details.length }: ChangedInput) {
  if (kind !== 'config') return [];
  const shown = details.slice(0, SYMBOLS_SHOWN_MAX).map((line) => toLine(line));
  const more = all - shown.length;
  return more > 0 && shown.length > 0 ? [...shown, `… and ${more} more`] : shown;
}
