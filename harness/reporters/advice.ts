/** Advice for the terminal. */
import type { Advice, AgentAdvice, Impact, Way } from '../compare/advice.ts';
import { describeCause } from '../compare/phrases.ts';
import { nameTest } from '../expectations/test-pattern.ts';
import { count, renderFirst } from '../phrases.ts';
import { toLine } from '../text.ts';
import { type Colors, paintVerdict } from './paint.ts';

export interface AdviceOptions {
  readonly colors: Colors;
  /** What the user would type for these arguments of kmx. */
  readonly command: (words: readonly string[]) => string;
}

const TESTS_MAX = 4;
const CELLS_MAX = 3;

export function renderAdvice({ agents, missing }: Advice, options: AdviceOptions): string {
  const { colors } = options;
  if (agents.length === 0) return 'nothing fails: there is nothing to advise\n';
  const sections = [
    ...agents.map((advice) => renderAgent(advice, options)),
    missing.map((sentence) => colors.dim(`not known: ${toLine(sentence, 300)}`)),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function renderAgent(advice: AgentAdvice, options: AdviceOptions): readonly string[] {
  const { colors } = options;
  const { agent, cells, failing, impacts, ways, helpless } = advice;
  const proven = ways.filter((way) => way.proven.length > 0);
  const unproven = ways.filter((way) => way.unproven.length > 0);
  return [
    colors.bold(
      `${toLine(agent)}: ${failing} of its ${count(cells, 'cell')} ${failing === 1 ? 'fails' : 'fail'}`,
    ),
    ...impacts.flatMap((impact) => ['', ...renderImpact(impact, options)]),
    ...(proven.length > 0 ? ['', `  ${colors.bold('what helps')}, as this run has shown`] : []),
    ...proven.flatMap(renderProven),
    ...(unproven.length > 0 ? ['', `  ${colors.bold('what may help')}, and is not proven`] : []),
    ...unproven.flatMap((way) => renderUnproven(way, options)),
    ...(helpless.length > 0
      ? [
          '',
          `  nothing known helps ${renderFirst(helpless, CELLS_MAX)
            .map((id) => toLine(id))
            .join(', ')}`,
        ]
      : []),
  ];
}

function renderImpact(impact: Impact, { colors }: AdviceOptions): readonly string[] {
  const { verdict, signature, title, tests, where } = impact;
  const names = renderFirst(
    tests.map((test) => toLine(nameTest(test))),
    TESTS_MAX,
  );
  return [
    [
      `  ${paintVerdict(colors, verdict, verdict)}`,
      toLine(title),
      signature === undefined ? '' : colors.dim(signature),
    ]
      .filter((part) => part !== '')
      .join('  '),
    ...names.map((name) => colors.dim(`      ${name}`)),
    ...where.map((part) => `    on ${describeWhere(part)}`),
    ...renderWhy(impact),
  ];
}

function renderWhy({ reasons, isTold, good }: Impact): readonly string[] {
  const [reason] = reasons;
  if (good === 0)
    return ['    no cell of this agent passes these tests: there is nothing to compare with'];
  if (reason === undefined || !isTold) return ['    why: cannot tell from this run'];
  const { text, causes, bad, good: against } = reason;
  return [
    `    because ${toLine(text)}: ${bad.number} of ${bad.of} cells that fail, ${against.number} of ${against.of} that pass`,
    ...causes.map((cause) => `      behind it: ${toLine(describeCause(cause))}`),
  ];
}

function describeWhere({ kernel, config, cgroup }: Impact['where'][number]): string {
  const parts = [kernel, config, cgroup].map((names) =>
    names.map((name) => toLine(name)).join(', '),
  );
  return `${parts[0]} · ${parts[1]} · ${parts[2]}`;
}

function renderProven({ text, proven }: Way): readonly string[] {
  const [first] = proven;
  if (first === undefined) return [];
  const others = proven.length === 1 ? '' : `, and so on for ${count(proven.length, 'cell')}`;
  return [
    `    ${toLine(text)}: proven by ${toLine(first.by)}, ${first.pass} of ${first.ran} pass${others}`,
  ];
}

function renderUnproven(
  { text, unproven, command: words }: Way,
  { command }: AdviceOptions,
): readonly string[] {
  const cells = renderFirst(
    unproven.map((id) => toLine(id)),
    1,
  ).join(' ');
  return [
    `    ${toLine(text)}: for ${cells}`,
    ...(words === undefined ? [] : [`      ${command(words)}`]),
  ];
}
