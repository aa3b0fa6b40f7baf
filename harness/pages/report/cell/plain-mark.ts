import type { Verdict } from '../../../verdict/verdict.ts';
import { h } from '../../element.ts';

/**
 * A good verdict in a list of tests. Its symbol comes from the style sheet: thousands of them make a page
 * slow to open.
 */
export function PlainMark({ verdict }: { readonly verdict: Verdict }) {
  return h('span', { class: `verdict is-${verdict} is-plain` }, verdict);
}
