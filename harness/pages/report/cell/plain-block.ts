import { toLine, toPrintable } from '../../../text.ts';
import { reasonOf } from '../../../verdict/reason.ts';
import { isGood } from '../../../verdict/verdict.ts';
import { type BarPart, barsOf, type PlainTest, textOf } from '../../client/plain-tests.ts';
import { h } from '../../element.ts';
import { formatDuration } from '../../format.ts';
import { traitsOf } from './cell-context.ts';
import type { TestRowProps } from './test-row-props.ts';
import { placeOn, spanOfGuest, spanOfTest, type TimeSpan } from './time-axis.ts';

/** It passed or was skipped, and there is no more to say about it. */
export function isPlain({ test, context, cell }: TestRowProps): boolean {
  const { verdict, judgement, attempts } = test;
  if (!isGood(verdict) || judgement !== undefined || attempts !== undefined) return false;
  const traits = traitsOf(cell.id, test, context);
  return !traits.includes('unexpected') && !traits.includes('flaky');
}

/** Plain tests that stand together: a line of text each, of which the script makes rows. */
export function PlainBlock({
  rows,
  file,
}: {
  readonly rows: readonly TestRowProps[];
  /** In whose list they are; undefined if they are those of whole files. */
  readonly file?: string;
}) {
  const tests = rows.map(plainTestOf);
  const kind = file === undefined ? 'div' : 'li';
  return h(kind, { class: 'plain', 'data-bars': barsOf(tests) }, textOf(tests, file ?? ''));
}

function plainTestOf(props: TestRowProps): PlainTest {
  const { cell, test, context } = props;
  const { file, verdict, title, cached, durationMs, guest } = test;
  const hasRun = cached === undefined && verdict !== 'skip';
  const own = guest === undefined || !hasRun ? [] : context.logs.logsOf(cell.id, guest);
  return {
    ...{ file, verdict },
    took: hasRun ? formatDuration(durationMs) : '',
    guest: hasRun && guest !== undefined ? String(guest) : '',
    title: toPrintable(title),
    traits: traitsOf(cell.id, test, context),
    reason: verdict === 'pass' ? '' : toLine(reasonOf(test)),
    log: own.find(({ isPacked }) => isPacked)?.name,
    ...(hasRun ? barOf(props) : { isBooted: false }),
  };
}

/** When its guest came up for it, and when it ran. */
export function barOf({
  cell: { guests },
  test,
  isFirstOfGuest,
  axis,
}: Pick<TestRowProps, 'cell' | 'test' | 'isFirstOfGuest' | 'axis'>): Pick<
  PlainTest,
  'ran' | 'cameUp' | 'isBooted'
> {
  const guest = isFirstOfGuest ? guests.find(({ number }) => number === test.guest) : undefined;
  const cameUp = guest && spanOfGuest(guest)[0];
  const place = (span: TimeSpan | undefined): BarPart | undefined =>
    axis === undefined || span === undefined ? undefined : placeOn(axis, span);
  return {
    ran: place(spanOfTest(test, cameUp)[0]),
    cameUp: place(cameUp),
    isBooted: guest?.from === 'boot',
  };
}
