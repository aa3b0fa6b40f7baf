/** The text that `kmx check` prints for people. */
import type { CgroupMode } from '../matrix/cell.ts';
import { listWords } from '../matrix/problem.ts';
import { CONSEQUENCES, type Consequence, isLoss } from '../needs/agent-needs.ts';
import { count, renderFirst } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderTable, widthOf } from '../reporters/table.ts';
import { toLine } from '../text.ts';
import type { CheckReport, CheckReportItem, KernelReport, LackItem } from './check-report.ts';

/** What an agent does, as a verdict about it. */
const DOES: Readonly<Record<Consequence, string>> = {
  'does-not-start': 'does not start',
  panics: 'panics',
  fails: 'fails',
  drops: 'drops limits',
  refuses: 'refuses',
  'falls-back': 'works',
};

export interface CheckTextOptions {
  readonly colors: Colors;
  /** Of the terminal, in columns. */
  readonly width: number;
}

export function renderCheck({ kernels }: CheckReport, options: CheckTextOptions): string {
  const { colors } = options;
  const sections = [
    kernels.flatMap((kernel) => describeKernel(kernel, colors)),
    renderVerdicts(kernels, options),
    ...renderLacks(kernels, colors),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function describeKernel(
  { name, release, configFrom, cmdline, problems }: KernelReport,
  colors: Colors,
): readonly string[] {
  const parts = [
    release === undefined
      ? 'of a version that is not known, so that only what the configuration mentions counts'
      : `Linux ${toLine(release)}`,
    configFrom === undefined
      ? colors.yellow('no configuration is known')
      : configFrom === name
        ? undefined
        : `configuration of ${toLine(configFrom)}`,
    cmdline === '' ? undefined : `booted with ${toLine(cmdline, CMDLINE_SHOWN_MAX)}`,
  ];
  const known = parts.filter((part) => part !== undefined).join(', ');
  return [
    `${colors.bold(toLine(name))}: ${known}`,
    ...renderFirst(problems, PROBLEMS_SHOWN_MAX).map((problem) => `  ${colors.yellow(problem)}`),
  ];
}

const PROBLEMS_SHOWN_MAX = 3;

const CMDLINE_SHOWN_MAX = 200;

/** Agents and modes down, kernels across: as many beside each other as fit. */
function renderVerdicts(
  kernels: readonly KernelReport[],
  { colors, width }: CheckTextOptions,
): readonly string[] {
  const [first] = kernels;
  if (first === undefined) return [];
  const isAlone = kernels.length === 1;
  const render = (part: readonly KernelReport[]): readonly string[] =>
    renderTable([
      ...(isAlone ? [] : [['', '', ...part.map(({ name }) => colors.bold(toLine(name)))]]),
      ...first.checks.map(({ agent, cgroup }, row) => [
        agent,
        cgroup,
        ...part.map(({ checks }) => {
          const check = checks[row];
          return check === undefined ? '' : paintVerdict(check, isAlone ? 'long' : 'short', colors);
        }),
      ]),
    ]);
  const hasCounts = kernels.some(({ checks }) =>
    checks.some(({ scenarios }) => (scenarios?.bad ?? 0) > 0),
  );
  const legend = 'The numbers: how many of the scenarios go wrong, at least in part.';
  return [
    ...inColumns(kernels, render, width),
    ...(hasCounts && !isAlone ? [colors.dim(legend)] : []),
  ];
}

/** Kernels that do not fit beside the others come below them. */
function inColumns(
  kernels: readonly KernelReport[],
  render: (part: readonly KernelReport[]) => readonly string[],
  width: number,
): readonly string[] {
  for (let size = kernels.length; size > 1; size -= 1) {
    const tables = Array.from({ length: Math.ceil(kernels.length / size) }, (_, index) =>
      render(kernels.slice(index * size, (index + 1) * size)),
    );
    if (tables.every((lines) => widthOf(lines) <= width)) return joinParagraphs(tables);
  }
  return joinParagraphs(kernels.map((kernel) => render([kernel])));
}

function joinParagraphs(parts: readonly (readonly string[])[]): readonly string[] {
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function paintVerdict(
  check: CheckReportItem,
  length: 'long' | 'short',
  { green, red, yellow }: Colors,
): string {
  const text = length === 'long' ? describeVerdict(check) : abbreviateVerdict(check);
  switch (check.verdict) {
    case 'works':
      return green(text);
    case 'unknown':
      return yellow(text);
    case 'lacks':
      return check.worst === 'refuses' ? yellow(text) : red(text);
  }
}

function abbreviateVerdict({ verdict, worst = 'fails', scenarios }: CheckReportItem): string {
  if (verdict !== 'lacks') return verdict === 'works' ? verdict : 'not known';
  const isHit = scenarios !== undefined && scenarios.bad > 0;
  return `${DOES[worst]}${isHit ? ` ${scenarios.bad}/${scenarios.total}` : ''}`;
}

function describeVerdict(check: CheckReportItem): string {
  const { verdict, worst = 'fails', scenarios, lacks } = check;
  switch (verdict) {
    case 'works':
      return 'works';
    case 'unknown':
      return 'not known, for want of a configuration';
    case 'lacks': {
      const losses = lacks.filter((lack) => isLoss(lack.without) && lack.impliedBy === undefined);
      const features = [...new Set(losses.map(({ feature }) => feature))];
      const { total = 0, bad = 0, skipped = 0 } = scenarios ?? {};
      const parts = [
        bad > 0
          ? `${bad} of ${count(total, 'scenario')} ${bad === 1 ? 'goes' : 'go'} wrong`
          : undefined,
        skipped > 0 ? `${skipped} ${skipped === 1 ? 'is' : 'are'} skipped` : undefined,
      ].filter((part) => part !== undefined);
      const hits = parts.length === 0 ? '' : `: ${parts.join(', ')}`;
      return `${DOES[worst]} without ${listWords(features, 'and')}${hits}`;
    }
  }
}

/** Where agents, modes or kernels have the same reasons, these are shown once. */
function renderLacks(
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
