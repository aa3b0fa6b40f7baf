import type { Verdict } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';

/**
 * A good verdict in a list or a table of tests. Its symbol comes from the style sheet: thousands of them make a page
 * slow to open.
 */
export function PlainMark({
  verdict,
  count,
}: {
  readonly verdict: Verdict;
  /** How many have it. */
  readonly count?: string;
}) {
  const text = count === undefined ? verdict : `${verdict} ${count}`;
  return h('span', { class: `verdict is-${verdict} is-plain` }, text);
}
