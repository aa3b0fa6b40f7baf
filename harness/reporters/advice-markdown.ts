/** Advice as Markdown, for an issue or a pull request. */
import type { Advice, AgentAdvice, Impact, Way } from '../compare/advice.ts';
import { describeCause } from '../compare/phrases.ts';
import { nameTest } from '../expectations/test-pattern.ts';
import { count, renderFirst } from '../phrases.ts';
import { markdownTable, markdownText } from './markdown.ts';

const TESTS_MAX = 10;

export function renderAdviceMarkdown({ agents, missing }: Advice): string {
  const sections = [
    ...(agents.length === 0 ? [['Nothing fails.']] : agents.map(agentOf)),
    missing.map((sentence) => `- not known: ${markdownText(sentence)}`),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n');
}

function agentOf({
  agent,
  cells,
  failing,
  impacts,
  ways,
  helpless,
}: AgentAdvice): readonly string[] {
  const proven = ways.filter((way) => way.proven.length > 0);
  const unproven = ways.filter((way) => way.unproven.length > 0);
  return [
    `### ${markdownText(agent)}: ${failing} of its ${count(cells, 'cell')} ${failing === 1 ? 'fails' : 'fail'}`,
    ...impacts.flatMap((impact) => ['', ...impactOf(impact)]),
    ...tableOf(
      'What helps, as the run has shown',
      ['change', 'proven by', 'cells'],
      proven.map(provenRow),
    ),
    ...tableOf(
      'What may help, and is not proven',
      ['change', 'to prove it', 'cells'],
      unproven.map(unprovenRow),
    ),
    ...(helpless.length === 0
      ? []
      : ['', `Nothing known helps ${markdownText(helpless.join(', '))}.`]),
  ];
}

function impactOf(impact: Impact): readonly string[] {
  const { verdict, title, tests, where } = impact;
  const names = tests.map(nameTest);
  return [
    `#### ${verdict}: ${markdownText(title)}`,
    '',
    ...where.map(
      ({ kernel, config, cgroup }) =>
        `- on ${markdownText([kernel, config, cgroup].map((words) => words.join(', ')).join(' · '))}`,
    ),
    ...renderFirst(names, TESTS_MAX).map((name) => `- test ${markdownText(name)}`),
    ...whyOf(impact),
  ];
}

function whyOf({ reasons, isTold, good }: Impact): readonly string[] {
  const [reason] = reasons;
  if (good === 0)
    return ['- no cell of this agent passes these tests: there is nothing to compare with'];
  if (reason === undefined || !isTold) return ['- why: cannot tell from this run'];
  return [
    `- because ${markdownText(reason.text)}: ${reason.bad.number} of ${reason.bad.of} cells that fail, ${reason.good.number} of ${reason.good.of} that pass`,
    ...reason.causes.map((cause) => `  - behind it: ${markdownText(describeCause(cause))}`),
  ];
}

function tableOf(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  return rows.length === 0 ? [] : ['', `#### ${title}`, '', ...markdownTable(head, rows)];
}

function provenRow({ text, proven }: Way): readonly string[] {
  const [first] = proven;
  const by = first === undefined ? '' : `${first.by}, ${first.pass} of ${first.ran} pass`;
  return [text, by, String(proven.length)];
}

function unprovenRow({ text, unproven, command }: Way): readonly string[] {
  return [
    text,
    command === undefined ? '' : ['kmx', ...command].join(' '),
    String(unproven.length),
  ];
}
