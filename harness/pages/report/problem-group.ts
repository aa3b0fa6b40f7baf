import { isSameTest } from '../../events.ts';
import type { Hit } from '../../report/problems.ts';
import { hitWords } from '../../report/reproduce-words.ts';
import type { CrashReport, FailureReport, RunReport, TestReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { findingAddress } from './addresses.ts';
import { Copyable } from './cell/copyable.ts';
import { NumberedLines } from './cell/finding-lines.ts';
import { Excerpt } from './excerpt.ts';
import { countHits, HitList } from './hit-list.ts';
import { titleOfGroup, verdictOfGroup } from './problem-title.ts';
import type { ReportContext } from './report-context.ts';

const TITLE_LENGTH_MAX = 400;
/** Logs of so many places are looked for: those of most guests are there, or none is. */
const LOGS_TRIED_MAX = 5;

interface GroupProps {
  readonly group: CrashReport | FailureReport;
  /** Those that it is shown for. */
  readonly hits: readonly Hit[];
  readonly isNew?: boolean;
  readonly isExpired?: boolean;
  readonly isKnown?: boolean;
  readonly context: ReportContext;
}

/** One cause: what was seen, where, and how to see it again. */
export function ProblemGroup(props: GroupProps) {
  const { group, hits, isNew = false, isExpired = false, isKnown = false, context } = props;
  const verdict = verdictOfGroup(group);
  const { signature } = group;
  // A group may be shown for what was expected and again for what was not.
  const id =
    signature === undefined || (isKnown && hits.length < group.hits.length)
      ? undefined
      : findingAddress(signature);
  return h(
    'article',
    {
      id,
      class: `problem${isNew ? ' is-news' : ''}`,
      tabIndex: -1,
      'data-verdict': verdict,
    },
    h(
      'h3',
      null,
      isNew && h('span', { class: 'news' }, 'new '),
      h(VerdictMark, { verdict, isKnown }),
      ' ',
      h('span', { class: 'row-title' }, titleOfGroup(group)),
      ' ',
      signature !== undefined && h('code', { class: 'signature' }, signature),
    ),
    h(Facts, { group, hits, isExpired }),
    'class' in group
      ? h(CrashLines, { crash: group, hits, context })
      : h(Evidence, { group, hits, context }),
    h('div', { class: 'where' }, h(HitList, { hits }), h(Reproduce, { hits, signature, context })),
  );
}

/** `agent/src/cgroups.rs:73 · kernel lived on · 5 tests in 4 cells`. */
function Facts({ group, hits, isExpired }: Pick<GroupProps, 'group' | 'hits' | 'isExpired'>) {
  const isCrash = 'class' in group;
  const canLive = isCrash && (group.class === 'agent-panic' || group.class === 'kernel-oops');
  return h(
    'p',
    { class: 'told' },
    isCrash && group.place !== undefined && [h(Name, null, group.place), ' · '],
    isCrash && `seen on ${SOURCES[group.source]} · `,
    canLive && (group.kernelLived ? 'kernel lived on · ' : 'kernel died · '),
    isExpired && [h('strong', null, 'its expectation has expired'), ' · '],
    countHits(hits),
  );
}

/** Of the first place whose log could be read, with the lines around it; else what the report kept. */
function CrashLines({
  crash,
  hits,
  context,
}: {
  readonly crash: CrashReport;
  readonly hits: readonly Hit[];
  readonly context: ReportContext;
}) {
  for (const { cell, guest, finding } of hits
    .slice(0, LOGS_TRIED_MAX)
    .flatMap((hit) => seenAt(hit, crash, context.report))) {
    const found = context.logs.excerptOf(cell, guest, finding);
    if (found !== undefined) return h(NumberedLines, { found, cell, guest, finding, context });
  }
  const { excerpt: text, place } = crash;
  return h(Excerpt, { text, ...(place === undefined ? {} : { mark: place }) });
}

/** The finding of a hit: a crash has only its signature. */
function seenAt({ cell: id, guest, test }: Hit, { signature }: CrashReport, { cells }: RunReport) {
  const cell = cells.find((one) => one.id === id);
  if (cell === undefined || guest === undefined) return [];
  const findings =
    test === undefined
      ? cell.findings.filter((loose) => loose.guest === guest).map(({ finding }) => finding)
      : cell.tests.filter((one) => isSameTest(one, test)).flatMap((one) => one.findings);
  return findings
    .filter((finding) => finding.signature === signature)
    .map((finding) => ({ cell: id, guest, finding }));
}

const SOURCES: Readonly<Record<CrashReport['source'], string>> = {
  console: 'the console',
  'agent-stderr': "the agent's stderr",
  'agent-stdout': "the agent's stdout",
  init: 'what init says',
  machine: 'the machine',
};

/** What one of the tests says, and what was seen beside it. */
function Evidence({
  group,
  hits,
  context,
}: {
  readonly group: FailureReport;
  readonly hits: readonly Hit[];
  readonly context: ReportContext;
}) {
  const { cause, message, beside } = group;
  const { expected, actual, lastWords } = findTest(hits, context)?.detail ?? {};
  return [
    cause !== undefined &&
      message !== '' &&
      h('p', { class: 'told' }, 'for example: ', toLine(message, TITLE_LENGTH_MAX)),
    (expected !== undefined || actual !== undefined) &&
      h(
        'dl',
        { class: 'diff' },
        expected !== undefined && [
          h('dt', null, 'expected'),
          h('dd', null, h('code', null, toLine(expected, TITLE_LENGTH_MAX))),
        ],
        actual !== undefined && [
          h('dt', null, 'actual'),
          h('dd', null, h('code', null, toLine(actual, TITLE_LENGTH_MAX))),
        ],
      ),
    lastWords !== undefined && [
      h('p', { class: 'told' }, 'The agent said last:'),
      h(Excerpt, { text: lastWords.lines.join('\n') }),
    ],
    beside.length > 0 &&
      h('p', { class: 'told' }, 'also seen: ', beside.map((one) => toLine(one)).join('; ')),
  ];
}

function findTest(hits: readonly Hit[], { report }: ReportContext): TestReport | undefined {
  const hit = hits.find(({ test }) => test !== undefined);
  const cell = report.cells.find(({ id }) => id === hit?.cell);
  return cell?.tests.find((test) => hit?.test !== undefined && isSameTest(test, hit.test));
}

/** The first place that it came in, again. */
function Reproduce({
  hits,
  signature,
  context: { report, folder, commandLine },
}: {
  readonly hits: readonly Hit[];
  readonly signature: string | undefined;
  readonly context: ReportContext;
}) {
  const first = hits.find(({ test }) => test !== undefined) ?? hits[0];
  if (first === undefined) return null;
  const { cell, guest } = first;
  const path = ['cells', cell, ...(guest === undefined ? [] : [`guest-${guest}`])];
  return h(
    'div',
    { class: 'again' },
    h(Copyable, {
      text: commandLine(hitWords(report, first, signature)),
      label: 'command that reproduces it',
    }),
    guest !== undefined &&
      folder !== undefined &&
      h(
        'div',
        null,
        h(FolderLink, { folder, path }, 'logs', h('span', { class: 'hidden' }, ` of ${cell}`)),
      ),
  );
}
