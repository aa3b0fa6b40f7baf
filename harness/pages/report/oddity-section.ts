import { count } from '../../phrases.ts';
import { type Note, notesOf } from '../../report/notes.ts';
import type { DisagreementReport, RunReport, TestReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { CellLink, HitList, TestLink } from './hit-list.ts';
import type { SectionContent } from './section.ts';

const LISTED_MAX = 200;

/** Tests whose attempts ended differently: the first that measured anything stands. */
export function flakySection({ cells }: RunReport): SectionContent | undefined {
  const flaky = cells.flatMap(({ id: cell, tests }) =>
    tests.filter(({ isFlaky }) => isFlaky).map((test) => ({ cell, test })),
  );
  if (flaky.length === 0) return undefined;
  const body = h(
    'ul',
    { class: 'rows' },
    flaky.slice(0, LISTED_MAX).map(({ cell, test }) => h(FlakyRow, { cell, test })),
    more(flaky.length, 'test'),
  );
  const note = `${count(flaky.length, 'test')} ended differently when tried again`;
  return { id: 'flaky', title: 'Flaky', note, body };
}

function more(number: number, noun: string) {
  const others = number - LISTED_MAX;
  return others > 0 && h('li', { class: 'quiet' }, `… and ${count(others, `more ${noun}`)}`);
}

function FlakyRow({ cell, test }: { readonly cell: string; readonly test: TestReport }) {
  return h(
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
  );
}

/** Results that are not what the kernels' configurations say. */
export function disagreementSection({ disagreements }: RunReport): SectionContent | undefined {
  if (disagreements.length === 0) return undefined;
  const body = h(
    'ul',
    { class: 'rows' },
    disagreements.slice(0, LISTED_MAX).map((group) => h(Disagreement, { group })),
    more(disagreements.length, 'prediction'),
  );
  const note = 'either the table of needs is wrong, or something other than the kernel is to blame';
  return { id: 'predictions', title: 'Not as predicted', note, body };
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
export function noteSection(report: RunReport): SectionContent | undefined {
  const notes = notesOf(report);
  if (notes.length === 0) return undefined;
  const body = h(
    'ul',
    { class: 'rows' },
    notes.slice(0, LISTED_MAX).map((note) => h(NoteRow, { note })),
    more(notes.length, 'note'),
  );
  return { id: 'notes', title: 'Notes', body };
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
