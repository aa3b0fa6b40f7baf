/** The part of what `kmx check` prints that says what is missing, why, and how to mend it. */
import type { CgroupMode } from '../matrix/cell.ts';
import { listWords } from '../matrix/problem.ts';
import { CONSEQUENCES, type Consequence, isLoss } from '../needs/agent-needs.ts';
import type { Colors } from '../reporters/paint.ts';
import { toLine } from '../text.ts';
import type { CheckReportItem, KernelReport, LackItem } from './check-report.ts';

/** What an agent does, as a verdict about it. */
export const DOES: Readonly<Record<Consequence, string>> = {
  'does-not-start': 'does not start',
  panics: 'panics',
  fails: 'fails',
  drops: 'drops limits',
  refuses: 'refuses',
  'falls-back': 'works',
};

/** Where agents, modes or kernels have the same reasons, these are shown once. */
export function renderLacks(
  kernels: readonly KernelReport[],
  colors: Colors,
): readonly (readonly string[])[] {
  const blocks = new Map<string, Block>();
  for (const { name, checks } of kernels) {
    for (const check of checks) {
      const lines = describeLacks(check, colors);
      if (lines.length === 0) continue;
      const key = [check.agent, ...lines].join('\n');
      const block = blocks.get(key) ?? { lines, of: [] };
      block.of.push({ kernel: name, check });
      blocks.set(key, block);
    }
  }
  // What only falls back comes last.
  const isGrave = ({ of }: Block): boolean => of.some(({ check }) => check.verdict !== 'works');
  const sorted = [...blocks.values()].sort((one, other) => +isGrave(other) - +isGrave(one));
  return sorted.map(({ lines, of }) => {
    const title = describeChecked(of, kernels.length > 1);
    return [colors.bold(title), ...lines, ...renderOtherModes(of, kernels)];
  });
}

interface Block {
  readonly lines: readonly string[];
  readonly of: Checked[];
}

interface Checked {
  readonly kernel: string;
  readonly check: CheckReportItem;
}

function describeChecked(of: readonly Checked[], isNamed: boolean): string {
  const modes = [...new Set(of.map(({ check }) => check.cgroup))];
  const kernels = [...new Set(of.map(({ kernel }) => kernel))].map((name) => toLine(name));
  const where = isNamed ? ` of ${listWords(kernels, 'and')}` : '';
  return `${of[0]?.check.title ?? ''}, cgroup ${listWords(modes, 'and')}${where}`;
}

function describeLacks(check: CheckReportItem, colors: Colors): readonly string[] {
  const { lacks, unknownSymbols } = check;
  const own = lacks.filter(({ impliedBy }) => impliedBy === undefined);
  const byFeature = Map.groupBy(own, ({ feature }) => feature);
  return [
    ...[...byFeature].flatMap(([feature, items]) => {
      const worse = lacks.filter((lack) => lack.impliedBy === feature && isWorse(lack, items));
      return describeLack([...items, ...worse], colors);
    }),
    ...(unknownSymbols.length === 0
      ? []
      : [`  it depends on ${listWords(unknownSymbols, 'and')}, which are not known`]),
  ];
}

/** What comes with another lack is only worth a line if it is what the verdict rests on. */
function isWorse({ without }: LackItem, items: readonly LackItem[]): boolean {
  const rank = CONSEQUENCES.indexOf(without);
  return items.every((item) => rank < CONSEQUENCES.indexOf(item.without));
}

function describeLack(items: readonly LackItem[], colors: Colors): readonly string[] {
  const [first] = items;
  if (first === undefined) return [];
  const { title, reasons, fixes } = first;
  const hasLoss = items.some(({ without }) => isLoss(without));
  const paint = hasLoss ? colors.red : colors.dim;
  return [
    `  ${paint(`no ${title.replace(/^the /, '')}`)}: ${reasons.map(({ text }) => text).join(', ')}`,
    ...items.map(({ without, what, place }) => {
      const where = place === undefined ? '' : colors.dim(` (${place})`);
      return `    ${without === 'falls-back' ? 'does without' : DOES[without]}: ${what}${where}`;
    }),
    ...(hasLoss
      ? [
          `    fix: ${listWords(
            fixes.map(({ text }) => text),
            'and',
          )}`,
        ]
      : []),
  ];
}

/** Another mode in which the same agent lacks nothing is a remedy without another kernel. */
function renderOtherModes(
  of: readonly Checked[],
  kernels: readonly KernelReport[],
): readonly string[] {
  if (!of.some(({ check }) => check.verdict === 'lacks')) return [];
  const modesOf = ({ kernel, check: { agent } }: Checked): readonly CgroupMode[] =>
    kernels
      .filter(({ name }) => name === kernel)
      .flatMap(({ checks }) => checks)
      .filter((other) => other.agent === agent && other.verdict === 'works')
      .map(({ cgroup }) => cgroup);
  const [first = [], ...others] = of.map(modesOf);
  const modes = new Set(first.filter((mode) => others.every((other) => other.includes(mode))));
  return modes.size === 0
    ? []
    : [`  or use cgroup ${listWords([...modes])}: nothing is missing there`];
}
