import type { DifferenceGroup, Reason, ReasonKind } from '../../compare/comparison.ts';
import { countOf } from '../count-of.ts';
import { h } from '../element.ts';
import { CauseLine } from './cause-line.ts';
import { countsOf, reasonAddress } from './reason-words.ts';

/** As many as the margin has room for; the table of reasons has all. */
const REASONS_MAX = 3;

/** Why a group of tests differs: the best reasons, what else separates as well, what would decide. */
export function GroupReasons({
  group: { reasons, isTold, others, decide },
  commandLine,
}: {
  readonly group: DifferenceGroup;
  readonly commandLine: (words: readonly string[]) => string;
}) {
  const shown = reasons.slice(0, isTold ? REASONS_MAX : 0);
  const more = reasons.length - shown.length;
  return h(
    'div',
    { class: 'reasons' },
    !isTold && h('p', null, untold(reasons.length)),
    shown.length > 0 &&
      h(
        'ol',
        null,
        shown.map((reason) => h(ShortReason, { reason })),
      ),
    isTold && more > 0 && h('p', { class: 'quiet' }, `${countOf(more, 'more reason')} below`),
    h(Others, { others }),
    decide !== undefined &&
      h(
        'p',
        { class: 'decide' },
        decide.text,
        decide.command !== undefined &&
          h('code', { class: 'command' }, commandLine(decide.command)),
      ),
  );
}

function untold(reasons: number): string {
  return reasons === 0
    ? 'Nothing that is known differs where the results do.'
    : 'Nothing tells why: what differs is all alike.';
}

function ShortReason({ reason }: { readonly reason: Reason }) {
  const { text, bad, good, causes } = reason;
  return h(
    'li',
    null,
    h('a', { href: `#${reasonAddress(reason)}` }, text),
    causes.map((cause) => h(CauseLine, { cause })),
    h('div', { class: 'counts' }, countsOf({ bad, good })),
  );
}

const KIND_NOUNS: Readonly<Record<ReasonKind, string>> = {
  fact: 'fact',
  symbol: 'symbol',
  'boot-parameter': 'boot parameter',
  'agent-build': 'agent build',
  'kernel-build': 'kernel build',
  'kernel-release': 'kernel release',
  tool: 'tool',
};

function Others({ others }: Pick<DifferenceGroup, 'others'>) {
  const parts = Object.entries(KIND_NOUNS).flatMap(([kind, noun]) => {
    const number = others[kind as ReasonKind] ?? 0;
    return number === 0 ? [] : [countOf(number, `other ${noun}`)];
  });
  if (parts.length === 0) return null;
  return h('p', { class: 'quiet' }, `${parts.join(', ')} separate as well`);
}
