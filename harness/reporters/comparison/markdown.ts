/** A comparison as Markdown, for an issue or a pull request. */
import { isAboutCgroups } from '../../compare/column-differences.ts';
import type { Comparison, DifferenceGroup } from '../../compare/comparison.ts';
import {
  describeCause,
  describeCounts,
  describeEvidence,
  describeMachineDifference,
  describeOthers,
  describeOutcome,
  describeStateOrNot,
  MACHINES_DIFFER,
  stateRows,
} from '../../compare/phrases.ts';
import { nameTest } from '../../expectations/test-pattern.ts';
import { count, countDiffering, renderFirst } from '../../phrases.ts';
import { markdownTable, markdownText } from '../markdown.ts';

const TESTS_MAX = 10;
const ROWS_MAX = 30;

export function renderComparisonMarkdown(
  comparison: Comparison,
  { isAll }: { readonly isAll: boolean },
): string {
  const { columns, groups, facts, factsConfig, config, missing } = comparison;
  const names = columns.map(({ name }) => name);
  const most = isAll ? Number.MAX_SAFE_INTEGER : ROWS_MAX;
  const near = config.filter(({ symbol, menu }) => isAboutCgroups(symbol, menu));
  const where = factsConfig === undefined ? '' : ` with config ${markdownText(factsConfig)}`;
  const sections = [
    [`### ${markdownText(names.join(', '))}`, '', markdownText(describeCounts(comparison))],
    ...groups.map((group) => groupOf(group, names, isAll)),
    machinesSection(comparison, most),
    tableSection(
      `${countDiffering(facts.length, 'fact')}${where}`,
      names,
      facts
        .slice(0, most)
        .map(({ fact, values }) => [fact, ...values.map((value) => value ?? '?')]),
      facts.length,
    ),
    tableSection(
      countDiffering(config.length, 'symbol', ' of the kernel configs'),
      names,
      (isAll ? config : near)
        .slice(0, most)
        .map(({ symbol, states }) => [`CONFIG_${symbol}`, ...states.map(describeStateOrNot)]),
      config.length,
    ),
    missing.map((sentence) => `- not compared: ${markdownText(sentence)}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function machinesSection({ byMachine = [] }: Comparison, most: number): readonly string[] {
  if (byMachine.length === 0) return [];
  const lines = byMachine.map((one) => `- ${markdownText(describeMachineDifference(one))}`);
  return [`#### ${MACHINES_DIFFER}`, '', ...renderFirst(lines, most)];
}

function groupOf(
  group: DifferenceGroup,
  names: readonly string[],
  isAll: boolean,
): readonly string[] {
  const { change, title, places, outcomes, tests, reasons, isTold, decide } = group;
  const all = [...new Set(places.flatMap((place) => place.tests.map(nameTest)))];
  const where = places.map((place) => place.where);
  const others = describeOthers(group);
  return [
    `#### ${change}: ${markdownText(title)}`,
    '',
    `${count(tests, 'test')} in ${markdownText(renderFirst(where, isAll ? where.length : TESTS_MAX).join(', '))}`,
    '',
    ...renderFirst(all, isAll ? all.length : TESTS_MAX).map((name) => `- ${markdownText(name)}`),
    '',
    ...markdownTable(
      ['', ...names],
      [['result', ...outcomes.map(describeOutcome)], ...stateRows(group)],
    ),
    ...(reasons.length === 0
      ? []
      : ['', isTold ? 'Why:' : 'Why: cannot tell. These differ where the results do:', '']),
    ...reasons.flatMap((reason) => [
      `- ${markdownText(reason.text)}: ${describeEvidence(reason, group)}`,
      ...reason.causes.map((cause) => `  - behind it: ${markdownText(describeCause(cause))}`),
    ]),
    ...(others === '' ? [] : ['', `${others}.`]),
    ...(decide === undefined ? [] : ['', describeDecision(decide)]),
  ];
}

/** Where it is read, kmx may be called in another way than here. */
function describeDecision({ text, command }: NonNullable<DifferenceGroup['decide']>): string {
  return command === undefined
    ? `${text}.`
    : `${text}: ${markdownText(`kmx ${command.join(' ')}`)}`;
}

/** @param total How many rows there are, most of which may not be worth their space. */
function tableSection(
  title: string,
  names: readonly string[],
  rows: readonly (readonly string[])[],
  total: number,
): readonly string[] {
  if (total === 0) return [];
  const more = total - rows.length;
  return [
    `#### ${title}`,
    '',
    ...(rows.length === 0 ? [] : markdownTable(['', ...names], rows)),
    ...(more > 0 ? ['', `… and ${more} more (--all lists them)`] : []),
  ];
}
