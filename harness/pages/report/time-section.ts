import { BOOTS } from '../../events.ts';
import { count } from '../../phrases.ts';
import type { CellReport, RunReport, TestReport } from '../../report/schema.ts';
import { whySkipped } from '../../report/skipped-cell.ts';
import { h } from '../element.ts';
import { formatCount, formatDuration } from '../format.ts';
import { CellLink, TestLink } from './hit-list.ts';
import type { SectionContent } from './section.ts';

const SHOWN_MAX = 8;
const CELLS_MAX = 500;

/** Where the time went: guests that came up, the slowest tests, every cell. */
export function timeSection(report: RunReport): SectionContent | undefined {
  const cells = report.cells
    .filter((cell) => cell.durationMs !== undefined && whySkipped(cell) === undefined)
    .toSorted((one, other) => (other.durationMs ?? 0) - (one.durationMs ?? 0));
  if (cells.length === 0) return undefined;
  return { id: 'time', title: 'Time', body: h(Times, { cells, report }) };
}

function Times({
  cells,
  report,
}: {
  /** The slowest first. */
  readonly cells: readonly CellReport[];
  readonly report: RunReport;
}) {
  return h(
    'div',
    { class: 'beside even' },
    h('div', null, h('h3', null, 'Slowest cells'), h(CellTimes, { cells, shownMax: SHOWN_MAX })),
    h('div', null, h('h3', null, 'Slowest tests'), h(TestTimes, { report })),
    h('div', null, h('h3', null, 'Guests, until their agent was ready'), h(GuestTimes, { report })),
  );
}

function CellTimes({
  cells,
  shownMax,
}: {
  readonly cells: readonly CellReport[];
  readonly shownMax: number;
}) {
  const longestMs = cells[0]?.durationMs ?? 1;
  const rowsOf = (own: readonly CellReport[]) =>
    own.map(({ id, durationMs = 0 }) =>
      h(
        'tr',
        null,
        h('th', { scope: 'row' }, h(CellLink, { cell: id })),
        h(Duration, { durationMs, longestMs }),
      ),
    );
  const others = cells.slice(shownMax, CELLS_MAX);
  return [
    h('table', { class: 'list' }, h('tbody', null, rowsOf(cells.slice(0, shownMax)))),
    others.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, count(others.length, 'more cell')),
        h(
          'table',
          { class: 'list', 'aria-label': 'Other cells' },
          h('tbody', null, rowsOf(others)),
        ),
      ),
  ];
}

/** What booting takes is told of guests. */
function isTimed({ file, cached }: TestReport): boolean {
  return file !== BOOTS.file && cached === undefined;
}

function TestTimes({ report: { cells } }: { readonly report: RunReport }) {
  const slowest = cells
    .flatMap(({ id: cell, tests }) => tests.filter(isTimed).map((test) => ({ cell, test })))
    .toSorted((one, other) => other.test.durationMs - one.test.durationMs)
    .slice(0, SHOWN_MAX);
  const longestMs = slowest[0]?.test.durationMs ?? 1;
  return h(
    'table',
    { class: 'list' },
    h(
      'tbody',
      null,
      slowest.map(({ cell, test }) =>
        h(
          'tr',
          null,
          h(
            'th',
            { scope: 'row' },
            h(TestLink, { cell, test }),
            h('div', { class: 'quiet' }, h('code', null, cell)),
          ),
          h(Duration, { durationMs: test.durationMs, longestMs }),
        ),
      ),
    ),
  );
}

/** A number, and a bar for the eye. */
function Duration({
  durationMs,
  longestMs,
}: {
  readonly durationMs: number;
  readonly longestMs: number;
}) {
  const share = longestMs === 0 ? 0 : (100 * durationMs) / longestMs;
  return [
    h('td', { class: 'amount' }, formatDuration(durationMs)),
    h(
      'td',
      { class: 'bar' },
      h(
        'svg',
        { viewBox: '0 0 100 4', preserveAspectRatio: 'none', 'aria-hidden': 'true' },
        h('rect', { width: Math.max(share, 0.5).toFixed(1), height: 4 }),
      ),
    ),
  ];
}

const ORIGINS = [
  ['boot', 'booted'],
  ['L1', 'continued from a booted kernel (L1)'],
  ['L2', 'restored with the agent ready (L2)'],
] as const;

function GuestTimes({ report: { cells } }: { readonly report: RunReport }) {
  const guests = cells.flatMap((cell) => cell.guests);
  const rows = ORIGINS.flatMap(([from, words]) => {
    const own = guests.filter((guest) => guest.from === from);
    if (own.length === 0) return [];
    const times = own.flatMap(({ bootMs }) => bootMs ?? []).sort((one, other) => one - other);
    return [
      { words, number: own.length, medianMs: times[times.length >> 1], longestMs: times.at(-1) },
    ];
  });
  if (rows.length === 0) return h('p', null, 'None was started: every result was cached.');
  const show = (ms: number | undefined): string => (ms === undefined ? '–' : formatDuration(ms));
  return h(
    'table',
    { class: 'list' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col' }, 'How'),
        ['Guests', 'Median', 'Longest'].map((title) =>
          h('th', { scope: 'col', class: 'amount' }, title),
        ),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map(({ words, number, medianMs, longestMs }) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row' }, words),
          h('td', { class: 'amount' }, formatCount(number)),
          h('td', { class: 'amount' }, show(medianMs)),
          h('td', { class: 'amount' }, show(longestMs)),
        ),
      ),
    ),
  );
}
