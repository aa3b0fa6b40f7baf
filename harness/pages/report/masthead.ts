import { describeMachines } from '../../report/describe-machines.ts';
import { describeHeadline } from '../../report/headline.ts';
import { ranMsOf } from '../../report/ran-ms.ts';
import type { RunReport } from '../../report/schema.ts';
import { VERDICTS } from '../../verdict/verdict.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { formatCount, formatDuration, formatTime } from '../format.ts';
import type { ReportContext } from './report-context.ts';

/** What was run, in a line, and then the answer. */
export function Masthead({ context: { report, folder } }: { readonly context: ReportContext }) {
  const { profile, startedAt, host, run } = report;
  const parts = [
    formatTime(startedAt),
    sizeOf(report),
    describeMachines(host.machines),
    `${host.cpus} CPUs`,
  ];
  return h(
    'header',
    { class: 'masthead' },
    h(
      'p',
      { class: 'product' },
      'kernel-matrix · ',
      h('strong', null, profile),
      ` · ${parts.join(' · ')} · `,
      h(FolderLink, { folder }, h('code', null, run)),
    ),
    h(Sentence, { report }),
  );
}

/** `84 cells, 2 940 tests in 23 min`. */
function sizeOf(report: RunReport): string {
  const { cells, totals } = report;
  const tests = VERDICTS.reduce((sum, verdict) => sum + (totals[verdict] ?? 0), 0);
  const size = `${formatCount(cells.length)} ${cells.length === 1 ? 'cell' : 'cells'}, ${formatCount(tests)} ${tests === 1 ? 'test' : 'tests'}`;
  const ranMs = ranMsOf(report);
  return ranMs === undefined ? size : `${size} in ${formatDuration(ranMs)}`;
}

const CLASSES = {
  Green: 'is-green',
  Red: 'is-red',
  Incomplete: 'is-void',
  Interrupted: 'is-void',
  'Nothing measured': 'is-void',
} as const;

function Sentence({ report }: { readonly report: RunReport }) {
  const { word, findings, rest } = describeHeadline(report, formatCount);
  const more = rest.join('; ');
  return h(
    'h1',
    null,
    h('span', { class: `outcome ${CLASSES[word]}` }, `${word}:`),
    ` ${findings.join(', ')}.`,
    more !== '' && ` ${more.charAt(0).toUpperCase()}${more.slice(1)}.`,
  );
}
