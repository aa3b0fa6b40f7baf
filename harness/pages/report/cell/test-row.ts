import type { TestReport } from '../../../report/schema.ts';
import { toLine } from '../../../text.ts';
import { reasonOf } from '../../../verdict/reason.ts';
import { isGood } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';
import { formatDuration } from '../../format.ts';
import { VerdictMark } from '../../verdict-mark.ts';
import { testAddress } from '../addresses.ts';
import { type TestTrait, traitsOf } from './cell-context.ts';
import { GuestLink } from './log-link.ts';
import { barOf, isPlain } from './plain-block.ts';
import { PlainMark } from './plain-mark.ts';
import { TestDetail } from './test-detail.ts';
import type { TestRowProps } from './test-row-props.ts';
import { TimeBar } from './time-bar.ts';

/** A test that is not plain as a row; behind it everything about it. */
export function TestRow(props: TestRowProps) {
  const { cell, test, context } = props;
  const traits = traitsOf(cell.id, test, context);
  const attributes = {
    id: testAddress(cell.id, test),
    class: classOf(test, traits),
    'data-verdict': test.verdict,
    ...(traits.length > 0 ? { 'data-traits': traits.join(' ') } : {}),
  };
  const isOpenable = !isPlain(props) && context.scope.hasEvidence(test);
  const columns = h(Columns, { ...props, traits, isOpenable });
  if (!isOpenable) return h('li', { ...attributes, class: `${attributes.class} row` }, columns);
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
  if (traits.includes('new')) return 'test is-bad is-unexpected is-new';
  if (traits.includes('unexpected')) return 'test is-bad is-unexpected';
  return isGood(verdict) && !traits.includes('flaky') ? 'test' : 'test is-bad';
}

/** What is new was not expected, either: one word says it. */
function badgesOf(traits: readonly TestTrait[]): readonly TestTrait[] {
  return traits.filter((trait) => trait !== 'unexpected' || !traits.includes('new'));
}

function Columns({
  cell,
  test,
  isFirstOfGuest,
  axis,
  context: { logs, folder },
  traits,
  isOpenable,
}: TestRowProps & { readonly traits: readonly TestTrait[]; readonly isOpenable: boolean }) {
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
      badgesOf(traits).map((trait) => h('span', { class: `trait is-${trait}` }, trait)),
      reason !== '' && h('span', { class: 'reason' }, reason),
    ),
    axis === undefined || !hasRun
      ? h('span', null)
      : h(TimeBar, barOf({ cell, test, isFirstOfGuest, axis })),
    h('span', { class: 'number' }, hasRun ? formatDuration(durationMs) : ''),
    // What opens by a click can hold no link. Its detail has those of the guest.
    guest === undefined || !hasRun || isOpenable
      ? h('span', { class: 'guest quiet' }, guest !== undefined && hasRun && `guest ${guest}`)
      : h(GuestLink, { cell: cell.id, guest, logs: logs.logsOf(cell.id, guest), folder }),
  ];
}
