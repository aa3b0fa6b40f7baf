import type { Advice, AgentAdvice, Impact, Way } from '../../compare/advice.ts';
import { advise } from '../../compare/advise.ts';
import { compactReport } from '../../compare/compact-report.ts';
import { comparedRunOf } from '../../compare/compared-run-of.ts';
import { NO_KNOWLEDGE } from '../../compare/knowledge.ts';
import { describeCause } from '../../compare/phrases.ts';
import { count } from '../../phrases.ts';
import type { RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { Signature } from './changed-section.ts';
import { CellLink } from './hit-list.ts';
import { verdictOfGroup } from './problem-title.ts';
import type { ReportContext } from './report-context.ts';
import type { SectionContent } from './section.ts';

/** In a larger run nobody looks for advice on a page. */
const CELLS_MAX = 2000;
const CELLS_LISTED_MAX = 50;
const WAYS_MAX = 12;

/** For each agent that fails: on what, why, and what makes it pass. */
export function adviceSection(context: ReportContext): SectionContent | undefined {
  const { report } = context;
  const agents = report.cells.length > CELLS_MAX ? [] : (context.advice ?? adviceOf(report)).agents;
  if (agents.length === 0) return undefined;
  const body = agents.map((agent) => h(AgentPart, { agent, context }));
  return { id: 'advice', title: 'Impact and advice', body };
}

/** What the run's own results tell. */
function adviceOf(report: RunReport): Advice {
  const beside = { folder: 'this run', configs: new Map(), warnings: [] };
  const run = comparedRunOf(compactReport(report, 'report.json'), beside);
  return advise(run, { knowledge: NO_KNOWLEDGE });
}

function AgentPart({
  agent: { agent, cells, failing, impacts, ways, helpless },
  context,
}: {
  readonly agent: AgentAdvice;
  readonly context: ReportContext;
}) {
  const proven = ways.filter((way) => way.proven.length > 0);
  const others = ways.filter((way) => way.proven.length === 0);
  const more = Math.max(proven.length - WAYS_MAX, 0) + Math.max(others.length - WAYS_MAX, 0);
  return [
    h(
      'h3',
      { class: 'sub' },
      h('code', null, agent),
      ` fails in ${failing} of its ${count(cells, 'cell')}`,
    ),
    h(
      'div',
      { class: 'beside even' },
      h(
        'div',
        null,
        h('h4', null, 'What fails, and where'),
        h(
          'ul',
          { class: 'rows' },
          impacts.map((impact) => h(ImpactRow, { impact, report: context.report })),
        ),
      ),
      h(
        'div',
        null,
        h('h4', null, 'What helps'),
        h(
          'ul',
          { class: 'rows' },
          [...proven.slice(0, WAYS_MAX), ...others.slice(0, WAYS_MAX)].map((way) =>
            h(WayRow, { way, context }),
          ),
          more > 0 &&
            h('li', { class: 'quiet' }, `… and ${count(more, 'more way')}: kmx advise lists them`),
          helpless.length > 0 &&
            h(
              'li',
              null,
              `Nothing known helps ${count(helpless.length, 'cell')}. `,
              h(Cells, { ids: helpless }),
            ),
        ),
      ),
    ),
  ];
}

/** Whether all of it came as expected. */
function isKnown({ verdict, signature }: Impact, report: RunReport): boolean {
  const groups = [...report.crashes, ...report.failures].filter(
    (group) => group.signature === signature && verdictOfGroup(group) === verdict,
  );
  return groups.length > 0 && groups.every(({ hits }) => hits.every((hit) => hit.isExpected));
}

function ImpactRow({ impact, report }: { readonly impact: Impact; readonly report: RunReport }) {
  const { verdict, signature, title, where, tests, cells } = impact;
  return h(
    'li',
    null,
    h(
      'div',
      { class: 'row-head' },
      h(VerdictMark, { verdict, isKnown: isKnown(impact, report) }),
      ' ',
      h('span', { class: 'row-title' }, title || 'without a message'),
      ' ',
      h(Signature, { signature, isOnPage: true }),
    ),
    h(
      'div',
      null,
      `${count(tests.length, 'test')} in ${count(cells, 'cell')}: `,
      where.map((part) => describeWhere(part, report)).join('; '),
    ),
    h(Why, { impact }),
  );
}

const AXES = [
  ['kernel', 'every kernel'],
  ['config', 'every config'],
  ['cgroup', 'every mode'],
] as const;

/** `every kernel · no-controllers · v1, hybrid`. */
function describeWhere(part: Impact['where'][number], { cells }: RunReport): string {
  return AXES.map(([axis, every]) => {
    const all = new Set(cells.map((cell) => cell[axis]));
    return all.size > 1 && part[axis].length === all.size ? every : part[axis].join(', ');
  }).join(' · ');
}

function Why({ impact: { reasons, isTold, good } }: { readonly impact: Impact }) {
  const [reason] = reasons;
  if (good === 0) {
    return h(
      'div',
      { class: 'quiet' },
      'no cell of this agent passes these tests: there is nothing to compare with',
    );
  }
  if (reason === undefined || !isTold) {
    return h('div', { class: 'quiet' }, 'why: this run cannot tell');
  }
  const { text, causes, bad, good: against } = reason;
  return h(
    'div',
    null,
    'because ',
    h('strong', null, text),
    h(
      'span',
      { class: 'quiet' },
      `: ${bad.number} of ${bad.of} cells that fail, ${against.number} of ${against.of} that pass`,
      causes.map((cause) => `; behind it: ${describeCause(cause)}`),
    ),
  );
}

function WayRow({ way, context }: { readonly way: Way; readonly context: ReportContext }) {
  const { text, proven, unproven, command } = way;
  const [first] = proven;
  return h(
    'li',
    null,
    h('div', { class: 'row-title' }, text),
    first === undefined
      ? h('div', { class: 'quiet' }, `not proven; for ${count(unproven.length, 'cell')}`)
      : h(
          'div',
          null,
          `helps ${count(proven.length, 'cell')}: proven by `,
          h(CellLink, { cell: first.by }),
          h('span', { class: 'quiet' }, ` where ${first.pass} of ${first.ran} pass`),
        ),
    first === undefined &&
      command !== undefined &&
      h('code', { class: 'command' }, context.commandLine(command)),
    h(Cells, { ids: first === undefined ? unproven : proven.map(({ cell }) => cell) }),
  );
}

function Cells({ ids }: { readonly ids: readonly string[] }) {
  const more = ids.length - CELLS_LISTED_MAX;
  return h(
    'details',
    null,
    h('summary', null, count(ids.length, 'cell')),
    h(
      'ul',
      { class: 'plain' },
      ids.slice(0, CELLS_LISTED_MAX).map((cell) => h('li', null, h(CellLink, { cell }))),
      more > 0 && h('li', { class: 'quiet' }, `… and ${more} more`),
    ),
  );
}
