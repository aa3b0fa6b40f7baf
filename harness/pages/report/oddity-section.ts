import { count } from '../../phrases.ts';
import { type Note, notesOf } from '../../report/notes.ts';
import type { DisagreementReport, RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { CellLink, HitList, TestLink } from './hit-list.ts';

const LISTED_MAX = 200;

/** Tests whose attempts ended differently: the first that measured anything stands. */
export function FlakySection({ report: { cells } }: { readonly report: RunReport }) {
  const flaky = cells.flatMap(({ id: cell, tests }) =>
    tests.filter(({ isFlaky }) => isFlaky).map((test) => ({ cell, test })),
  );
  if (flaky.length === 0) return null;
  return h(
    'section',
    { id: 'flaky', 'aria-labelledby': 'flaky-title' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'flaky-title' }, 'Flaky'),
      h(
        'span',
        { class: 'quiet' },
        `${count(flaky.length, 'test')} ended differently when tried again`,
      ),
    ),
    h(
      'ul',
      { class: 'rows' },
      flaky.slice(0, LISTED_MAX).map(({ cell, test }) =>
        h(
          'li',
          { 'data-verdict': test.verdict },
          h(
            'div',
            { class: 'row-head' },
            (test.attempts ?? []).map(({ verdict }, index) => [
              index > 0 && h('span', { class: 'quiet' }, ' then '),
              h(VerdictMark, { verdict }),
            ]),
            ' ',
            h(TestLink, { cell, test }),
          ),
          h('div', null, h(CellLink, { cell })),
        ),
      ),
    ),
  );
}

/** Results that are not what the kernels' configurations say. */
export function DisagreementSection({ report: { disagreements } }: { readonly report: RunReport }) {
  if (disagreements.length === 0) return null;
  return h(
    'section',
    { id: 'predictions', 'aria-labelledby': 'predictions-title' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'predictions-title' }, 'Not as predicted'),
      h(
        'span',
        { class: 'quiet' },
        'either the table of needs is wrong, or something other than the kernel is to blame',
      ),
    ),
    h(
      'ul',
      { class: 'rows' },
      disagreements.slice(0, LISTED_MAX).map((group) => h(Disagreement, { group })),
    ),
  );
}

function Disagreement({
  group: { predicted, verdict, because, hits },
}: {
  readonly group: DisagreementReport;
}) {
  return h(
    'li',
    { 'data-verdict': verdict },
    h(
      'div',
      { class: 'row-head' },
      h(VerdictMark, { verdict }),
      ` measured, ${predicted} predicted: ${because ?? 'nothing that it needs is missing'}`,
    ),
    h(HitList, { hits }),
  );
}

/** What people should know besides results. */
export function NoteSection({ report }: { readonly report: RunReport }) {
  const notes = notesOf(report);
  if (notes.length === 0) return null;
  return h(
    'section',
    { id: 'notes', 'aria-labelledby': 'notes-title' },
    h('h2', { id: 'notes-title' }, 'Notes'),
    h(
      'ul',
      { class: 'rows' },
      notes.slice(0, LISTED_MAX).map((note) => h(NoteRow, { note })),
      notes.length > LISTED_MAX &&
        h('li', { class: 'quiet' }, `… and ${count(notes.length - LISTED_MAX, 'more note')}`),
    ),
  );
}

function NoteRow({ note: { about, text, cells } }: { readonly note: Note }) {
  return h(
    'li',
    null,
    about !== undefined && [h('strong', null, about), ': '],
    text,
    cells.length > 0 && h(HitList, { hits: cells.map((cell) => ({ cell })) }),
  );
}
