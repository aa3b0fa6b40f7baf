import type { MachineDifference } from '../../compare/comparison.ts';
import { describeMachineDifference, MACHINES_DIFFER } from '../../compare/phrases.ts';
import { h } from '../element.ts';

/** The same kernel on another machine, and other results. */
export function MachineDifferences({ found }: { readonly found: readonly MachineDifference[] }) {
  return h(
    'section',
    { 'aria-labelledby': 'machines' },
    h('h2', { id: 'machines' }, MACHINES_DIFFER),
    h(
      'ul',
      null,
      found.map((one) => h('li', null, describeMachineDifference(one))),
    ),
  );
}
