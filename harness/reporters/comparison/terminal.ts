/** A comparison for the terminal: columns side by side, in blocks where they do not fit. */
import type { Comparison, DifferenceGroup, Place } from '../../compare/comparison.ts';
import {
  describeCause,
  describeCounts,
  describeEvidence,
  describeMachineDifference,
  describeOthers,
  describeOutcome,
  isLostTest,
  MACHINES_DIFFER,
  stateRows,
} from '../../compare/phrases.ts';
import { nameTest } from '../../expectations/test-pattern.ts';
import { count, renderFirst } from '../../phrases.ts';
import { toLine } from '../../text.ts';
import { type Colors, paintVerdict } from '../paint.ts';
import { renderBlocks } from './blocks.ts';
import {
  INDENT,
  type KernelTableOptions,
  ROWS_MAX,
  renderConfig,
  renderFacts,
} from './kernel-tables.ts';

export interface ComparisonOptions extends KernelTableOptions {
  /** What the user would type for these arguments of kmx. */
  readonly command: (words: readonly string[]) => string;
}

const PLACES_MAX = 3;
const TESTS_MAX = 4;

export function renderComparison(comparison: Comparison, options: ComparisonOptions): string {
  const { colors } = options;
  const names = comparison.columns.map(({ name }) => toLine(name));
  const clear = comparison.groups.filter(({ change }) => change !== 'not-comparable');
  const unclear = comparison.groups.filter(({ change }) => change === 'not-comparable');
  const sections = [
    [
      // Of configs that differ there is nothing to say that their table does not.
      ...(comparison.axes.length === 0 && comparison.config.length > 0
        ? []
        : [colors.bold(describeCounts(comparison))]),
      ...renderColumns(comparison, options),
    ],
    ...clear.map((group, index) => renderGroup(group, index + 1, names, options)),
    ...(options.isAll
      ? unclear.map((group, index) => renderGroup(group, clear.length + index + 1, names, options))
      : [renderUnclear(unclear, names, options)]),
    renderMachines(comparison, options),
    renderFacts(comparison, names, options),
    renderConfig(comparison, names, options),
    comparison.missing.map((sentence) => colors.dim(`not compared: ${toLine(sentence, 300)}`)),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function renderMachines(
  { byMachine = [] }: Comparison,
  { colors, isAll }: ComparisonOptions,
): readonly string[] {
  if (byMachine.length === 0) return [];
  const lines = byMachine.map((one) => `${INDENT}${toLine(describeMachineDifference(one), 300)}`);
  return [colors.bold(MACHINES_DIFFER), ...renderFirst(lines, isAll ? lines.length : ROWS_MAX)];
}

function renderColumns(
  { columns, axes }: Comparison,
  { width }: ComparisonOptions,
): readonly string[] {
  const rows = [
    ['release', ...columns.map(({ releases }) => describeSome(releases))],
    ['cells', ...columns.map(({ cells }) => (cells === 0 ? '' : String(cells)))],
    ...(axes.includes('run')
      ? [['folder', ...columns.map(({ folder = '' }) => toLine(folder))]]
      : []),
  ].filter(([, ...cells]) => cells.some((cell) => cell !== ''));
  if (rows.length === 0) return [];
  return renderBlocks([['', ...columns.map(({ name }) => toLine(name))], ...rows], {
    width,
    indent: '',
  });
}

function describeSome(words: readonly string[]): string {
  const [first, ...more] = words;
  if (first === undefined) return '';
  return more.length === 0 ? toLine(first) : `${words.length} releases`;
}

function renderGroup(
  group: DifferenceGroup,
  number: number,
  names: readonly string[],
  options: ComparisonOptions,
): readonly string[] {
  const { colors, width, isAll } = options;
  const { change, title, places, outcomes, tests } = group;
  const signature = outcomes.flatMap((outcome) =>
    outcome.kind === 'verdict' && outcome.signature !== undefined ? [outcome.signature] : [],
  );
  const where = renderFirst(
    places.map((place) => toLine(place.where)),
    isAll ? places.length : PLACES_MAX,
  );
  const results = ['result', ...outcomes.map((outcome) => paintOutcome(outcome, colors))];
  // Where nothing is told, there are many, and none that matters more than the others.
  const states = (group.isTold || isAll ? stateRows(group) : []).map((row) =>
    row.map((cell) => toLine(cell)),
  );
  return [
    [
      colors.bold(`${number}  ${change}`),
      toLine(title),
      colors.dim([...new Set(signature)].join(' ')),
    ]
      .filter((part) => part !== '')
      .join('  '),
    `${INDENT}${count(tests, 'test')} in ${where.join(', ')}`,
    ...renderTests(places, options),
    ...renderBlocks([['', ...names], results, ...states], { width, indent: INDENT }),
    ...renderReasons(group, options),
  ];
}

function paintOutcome(outcome: DifferenceGroup['outcomes'][number], colors: Colors): string {
  const text = describeOutcome(outcome);
  return outcome.kind === 'absent' ? colors.dim(text) : paintVerdict(colors, outcome.verdict, text);
}

function renderTests(
  places: readonly Place[],
  { colors, isAll }: ComparisonOptions,
): readonly string[] {
  const all = new Set(places.flatMap(({ tests }) => tests.map(nameTest)));
  return renderFirst(
    [...all].map((name) => toLine(name)),
    isAll ? all.size : TESTS_MAX,
  ).map((name) => colors.dim(`${INDENT}  ${name}`));
}

function renderReasons(
  group: DifferenceGroup,
  { colors, isAll, command }: ComparisonOptions,
): readonly string[] {
  const { reasons, isTold, decide } = group;
  const [first] = reasons;
  if (first === undefined) {
    return group.outcomes.some(isLostTest)
      ? []
      : [`${INDENT}${colors.bold('why')}: nothing else that is known differs`];
  }
  const lines = reasons.flatMap((reason) => [
    `${toLine(reason.text)}: ${describeEvidence(reason, group)}`,
    ...reason.causes.map((cause) => `  behind it: ${toLine(describeCause(cause))}`),
  ]);
  const others = describeOthers(group);
  return [
    isTold
      ? `${INDENT}${colors.bold('why')}`
      : `${INDENT}${colors.bold('why: cannot tell')}; these differ where the results do`,
    ...lines.map((line) => `${INDENT}  ${line}`),
    ...(others === ''
      ? []
      : [colors.dim(`${INDENT}  ${others}${isAll ? '' : ' (--all lists them)'}`)]),
    ...(decide === undefined ? [] : [`${INDENT}  ${decide.text}`]),
    ...(decide?.command === undefined ? [] : [`${INDENT}    ${command(decide.command)}`]),
  ];
}

/** A row each: nothing was measured on one of the sides. */
function renderUnclear(
  groups: readonly DifferenceGroup[],
  names: readonly string[],
  { colors, width }: ComparisonOptions,
): readonly string[] {
  if (groups.length === 0) return [];
  const rows = groups
    .slice(0, ROWS_MAX)
    .map((group) => [
      `${count(group.tests, 'test')}: ${toLine(group.title, TITLE_MAX)}`,
      ...group.outcomes.map((outcome) => paintOutcome(outcome, colors)),
    ]);
  const more = groups.length - rows.length;
  return [
    `${colors.bold('not comparable')}: skipped or not measured on one side (--all says why)`,
    ...renderBlocks([['', ...names], ...rows], { width, indent: INDENT }),
    ...(more > 0 ? [`${INDENT}… and ${more} more`] : []),
  ];
}

const TITLE_MAX = 60;
