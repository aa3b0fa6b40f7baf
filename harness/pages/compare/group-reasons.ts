import type { DifferenceGroup, Reason } from '../../compare/comparison.ts';
import { describeEvidence, describeOthers, isLostTest } from '../../compare/phrases.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { reasonAddress } from './addresses.ts';
import { CauseList } from './cause-list.ts';
import type { PageContext } from './page-context.ts';

/** As many as the margin has room for; the table of reasons has all. */
const REASONS_MAX = 3;

interface GroupReasonsProps {
  readonly group: DifferenceGroup;
  readonly context: PageContext;
}

/** Why a group of tests differs: the best reasons, what else separates as well, what would decide. */
export function GroupReasons({ group, context }: GroupReasonsProps) {
  const { reasons, outcomes, isTold, decide } = group;
  if (reasons.length === 0) {
    return outcomes.some(isLostTest) ? null : 'Nothing else that is known differs.';
  }
  const shown = reasons.slice(0, REASONS_MAX);
  const more = reasons.length - shown.length;
  const others = describeOthers(group);
  return h(
    'div',
    { class: 'reasons' },
    !isTold && h('p', null, 'Cannot tell. These differ where the results do:'),
    h(
      'ol',
      null,
      shown.map((reason) => h(ShortReason, { reason, group, context })),
    ),
    more > 0 && h('p', { class: 'quiet' }, `${count(more, 'more reason')} below`),
    others !== '' && h('p', { class: 'quiet' }, others),
    decide !== undefined &&
      h(
        'p',
        null,
        decide.text,
        decide.command !== undefined &&
          h('code', { class: 'command' }, context.commandLine(decide.command)),
      ),
  );
}

function ShortReason({
  reason,
  group,
  context: { symbols },
}: GroupReasonsProps & { readonly reason: Reason }) {
  return h(
    'li',
    null,
    h('a', { href: `#${reasonAddress(reason)}` }, reason.text),
    h(CauseList, { causes: reason.causes, symbols }),
    h('div', { class: 'evidence' }, describeEvidence(reason, group)),
  );
}
