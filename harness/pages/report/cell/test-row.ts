import type { CellReport, TestReport } from '../../../report/schema.ts';
import { toLine } from '../../../text.ts';
import { reasonOf } from '../../../verdict/reason.ts';
import { isGood } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';
import { formatDuration } from '../../format.ts';
import { VerdictMark } from '../../verdict-mark.ts';
import { testAddress } from '../addresses.ts';
import { type CellContext, type TestTrait, traitsOf } from './cell-context.ts';
import { GuestLink } from './log-link.ts';
import { PlainMark } from './plain-mark.ts';
import { TestDetail } from './test-detail.ts';
import { spanOfGuest, spanOfTest, type TimeAxis } from './time-axis.ts';
import { TimeBar } from './time-bar.ts';

export interface TestRowProps {
  readonly cell: CellReport;
  readonly test: TestReport;
  /** Its guest came up for it, and is on its bar. */
  readonly isFirstOfGuest: boolean;
  readonly axis: TimeAxis | undefined;
  readonly context: CellContext;
}

/** A test as a row; behind it, if it did not simply pass or was skipped, everything about it. */
export function TestRow(props: TestRowProps) {
  const { cell, test, context } = props;
  const traits = traitsOf(cell.id, test, context);
  const isPlain =
    isGood(test.verdict) && test.judgement === undefined && test.attempts === undefined;
  const columns = h(Columns, { ...props, traits });
  const attributes = {
    id: testAddress(cell.id, test),
    class: classOf(test, traits),
    'data-verdict': test.verdict,
    ...(traits.length > 0 ? { 'data-traits': traits.join(' ') } : {}),
  };
  if (isPlain || !context.scope.hasEvidence(test))
    return h('li', { ...attributes, class: `${attributes.class} row` }, columns);
  return h(
    'li',
    { ...attributes, tabIndex: -1 },
    h(
      'details',
      null,
      h('summary', { class: 'row' }, columns),
      h(TestDetail, { cell, test, context }),
    ),
  );
}

function classOf({ verdict }: TestReport, traits: readonly TestTrait[]): string {
  if (traits.includes('new')) return 'test is-bad is-new';
  return isGood(verdict) && !traits.includes('flaky') ? 'test' : 'test is-bad';
}

function Columns({
  cell,
  test,
  isFirstOfGuest,
  axis,
  context: { logs, folder },
  traits,
}: TestRowProps & { readonly traits: readonly TestTrait[] }) {
  const { verdict, title, durationMs, guest, cached } = test;
  const hasRun = cached === undefined && verdict !== 'skip';
  const reason = verdict === 'pass' ? '' : toLine(reasonOf(test));
  return [
    isGood(verdict)
      ? h(PlainMark, { verdict })
      : h(VerdictMark, { verdict, isKnown: traits.includes('known') }),
    h(
      'span',
      { class: 'title' },
      title,
      traits.map((trait) => h('span', { class: `trait is-${trait}` }, trait)),
      reason !== '' && h('span', { class: 'reason' }, reason),
    ),
    axis === undefined || !hasRun ? h('span', null) : h(Bar, { cell, test, isFirstOfGuest, axis }),
    h('span', { class: 'number' }, hasRun ? formatDuration(durationMs) : ''),
    guest === undefined || !hasRun
      ? h('span', null)
      : h(GuestLink, { cell: cell.id, guest, logs: logs.logsOf(cell.id, guest), folder }),
  ];
}

function Bar({
  cell: { guests },
  test,
  isFirstOfGuest,
  axis,
}: Pick<TestRowProps, 'cell' | 'test' | 'isFirstOfGuest'> & { readonly axis: TimeAxis }) {
  const guest = isFirstOfGuest ? guests.find(({ number }) => number === test.guest) : undefined;
  const cameUp = guest && spanOfGuest(guest)[0];
  return h(TimeBar, {
    axis,
    guest: cameUp,
    isRestored: guest?.from !== 'boot',
    test: spanOfTest(test, cameUp)[0],
  });
}
