import type { Verdict } from '../verdict/verdict.ts';
import { h } from './element.ts';

/** Letters for crashes, since many fonts lack glyphs for them. */
const SYMBOLS: Readonly<Record<Verdict, string>> = {
  'kernel-panic': 'K!',
  'kernel-oops': 'K',
  'agent-panic': 'A!',
  'boot-failure': 'B!',
  hang: 'H!',
  fail: '✗',
  error: 'E',
  miss: '?',
  pass: '✓',
  skip: '·',
};

/** A verdict as a symbol, a word and a colour: the word stands for itself without the other two. */
export function VerdictMark({ verdict }: { readonly verdict: Verdict }) {
  return h(
    'span',
    { class: `verdict is-${verdict}` },
    h('span', { class: 'symbol', 'aria-hidden': 'true' }, SYMBOLS[verdict]),
    ' ',
    verdict,
  );
}
