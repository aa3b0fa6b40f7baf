/** The text that `kmx check` prints for people. */
import type { CgroupMode } from '../matrix/cell.ts';
import { listWords } from '../matrix/problem.ts';
import type { Consequence } from '../needs/agent-needs.ts';
import { isLoss } from '../needs/agent-needs.ts';
import { count } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderTable } from '../reporters/table.ts';
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

export function renderCheck({ kernels }: CheckReport, colors: Colors): string {
  const sections = [
    kernels.map((kernel) => describeKernel(kernel, colors)),
    renderVerdicts(kernels, colors),
    ...renderLacks(kernels, colors),
  ];
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function describeKernel({ name, release, configFrom, cmdline }: KernelReport, colors: Colors) {
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
  return `${colors.bold(toLine(name))}: ${known}`;
}

const CMDLINE_SHOWN_MAX = 200;

/** Agents and modes down, kernels across. */
function renderVerdicts(kernels: readonly KernelReport[], colors: Colors): readonly string[] {
  const [first] = kernels;
  if (first === undefined) return [];
  const head = kernels.length === 1 ? [] : [['', ...kernels.map(({ name }) => colors.bold(name))]];
  const rows = first.checks.map(({ agent, cgroup }, row) => [
    `${agent}  ${cgroup}`,
    ...kernels.map(({ checks }) => {
      const check = checks[row];
      return check === undefined ? '' : paintVerdict(check, colors);
    }),
  ]);
  return renderTable([...head, ...rows]);
}

function paintVerdict(check: CheckReportItem, { green, red, yellow }: Colors): string {
  const text = describeVerdict(check);
  switch (check.verdict) {
    case 'works':
      return green(text);
    case 'unknown':
      return yellow(text);
    case 'lacks':
      return check.worst === 'refuses' ? yellow(text) : red(text);
  }
}

export function describeVerdict({ verdict, worst, scenarios, lacks }: CheckReportItem): string {
  switch (verdict) {
    case 'works':
      return 'works';
    case 'unknown':
      return 'not known';
    case 'lacks': {
      const losses = lacks.filter(({ without }) => isLoss(without));
      const features = new Set(losses.map(({ feature }) => feature)).size;
      const parts = [
        `${DOES[worst ?? 'fails']} for want of ${count(features, 'thing')}`,
        scenarios !== undefined && scenarios.bad > 0
          ? `${scenarios.bad} of ${count(scenarios.total, 'scenario')} go wrong`
          : undefined,
        scenarios !== undefined && scenarios.skipped > 0
          ? `${scenarios.skipped} skipped`
          : undefined,
      ];
      return parts.filter((part) => part !== undefined).join(', ');
    }
  }
}

/** Where agents, modes or kernels have the same reasons, these are shown once. */
function renderLacks(
  kernels: readonly KernelReport[],
  colors: Colors,
): readonly (readonly string[])[] {
  const blocks = new Map<string, { readonly lines: readonly string[]; readonly of: Checked[] }>();
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
  return [...blocks.values()].map(({ lines, of }) => {
    const title = describeChecked(of, kernels.length > 1);
    return [colors.bold(title), ...lines, ...renderOtherModes(of, kernels)];
  });
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
  const byFeature = Map.groupBy(lacks, ({ feature }) => feature);
  return [
    ...[...byFeature.values()].flatMap((items) => describeLack(items, colors)),
    ...(unknownSymbols.length === 0
      ? []
      : [`  it depends on ${listWords(unknownSymbols, 'and')}, which are not known`]),
  ];
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
