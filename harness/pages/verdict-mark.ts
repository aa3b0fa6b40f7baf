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

/** What is known to go wrong, and did as expected. */
const KNOWN = '◇';

/** A verdict as a symbol, a word and a colour: the word stands for itself without the other two. */
export function VerdictMark({
  verdict,
  isKnown = false,
  word = verdict,
}: {
  readonly verdict: Verdict;
  /** It was expected. */
  readonly isKnown?: boolean;
  /** Where the verdict alone does not say it. */
  readonly word?: string;
}) {
  return h(
    'span',
    { class: `verdict is-${isKnown ? 'known' : verdict}` },
    h('span', { class: 'symbol', 'aria-hidden': 'true' }, isKnown ? KNOWN : SYMBOLS[verdict]),
    ' ',
    isKnown && h('span', { class: 'hidden' }, 'known '),
    word,
  );
}
