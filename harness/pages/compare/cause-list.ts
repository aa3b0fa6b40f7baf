import type { Reason } from '../../compare/comparison.ts';
import { describeCause } from '../../compare/phrases.ts';
import { h } from '../element.ts';
import { symbolAddress } from './addresses.ts';

/** What stands behind a reason, as the table of needs has it. */
export function CauseList({
  causes,
  symbols,
}: Pick<Reason, 'causes'> & {
  /** Those that have a row on the page. */
  readonly symbols: ReadonlySet<string>;
}) {
  return causes.map((cause) => {
    const text = describeCause(cause);
    const hasRow = cause.kind === 'symbol' && symbols.has(cause.symbol);
    return h(
      'div',
      { class: 'cause' },
      hasRow ? h('a', { href: `#${symbolAddress(cause.symbol)}` }, text) : text,
    );
  });
}
