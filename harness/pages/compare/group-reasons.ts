import type { DifferenceGroup, Reason } from '../../compare/comparison.ts';
import { describeEvidence, describeOthers } from '../../compare/phrases.ts';
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
  const { reasons, isTold, decide } = group;
  const shown = reasons.slice(0, isTold ? REASONS_MAX : 0);
  const more = reasons.length - shown.length;
  const others = describeOthers(group);
  return h(
    'div',
    { class: 'reasons' },
    !isTold && h('p', null, untold(reasons.length)),
    shown.length > 0 &&
      h(
        'ol',
        null,
        shown.map((reason) => h(ShortReason, { reason, group, context })),
      ),
    isTold && more > 0 && h('p', { class: 'quiet' }, `${count(more, 'more reason')} below`),
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

function untold(reasons: number): string {
  return reasons === 0
    ? 'Nothing that is known differs where the results do.'
    : 'Nothing tells why: what differs is all alike.';
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
    h(CauseList, { causes: reason.causes, group, symbols }),
    h('div', { class: 'evidence' }, describeEvidence(reason, group)),
  );
}
