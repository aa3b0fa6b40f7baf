import type { ConfigRow } from '../../compare/comparison.ts';
import { h } from '../element.ts';

type State = ConfigRow['states'][number];

/** The state of a symbol; null: the configuration is not known. */
export function StateMark({ state }: { readonly state: State }) {
  if (state === null) return h('span', { class: 'quiet' }, 'config not known');
  switch (state.kind) {
    case 'value':
      return h('code', null, state.value);
    case 'off':
      return 'not set';
    case 'unknown':
      return h('span', { class: 'unknown', title: 'this kernel does not offer the symbol' }, '–');
  }
}
