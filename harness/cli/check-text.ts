/** The text that `kmx check` prints for people. */
import { listWords } from '../matrix/problem.ts';
import { isLoss } from '../needs/agent-needs.ts';
import { count, renderFirst } from '../phrases.ts';
import type { Colors } from '../reporters/paint.ts';
import { renderTable, widthOf } from '../reporters/table.ts';
import { toLine } from '../text.ts';
import { DOES, renderLacks } from './check-lacks.ts';
import type { CheckReport, CheckReportItem, KernelReport } from './check-report.ts';

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
