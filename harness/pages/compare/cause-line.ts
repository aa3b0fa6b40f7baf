import type { ReasonCause } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { StateMark } from './state-mark.ts';

/** What stands behind a fact, as the table of needs has it. */
export function CauseLine({ cause }: { readonly cause: ReasonCause }) {
  switch (cause.kind) {
    case 'symbol': {
      const states = cause.states.map((state, index) => [
        index > 0 && ' → ',
        h(StateMark, { state }),
      ]);
      const note = cause.note === undefined ? '' : `, ${cause.note}`;
      return h('div', { class: 'cause' }, h('code', null, cause.symbol), ': ', states, note);
    }
    case 'boot-parameter':
      return h('div', { class: 'cause' }, 'boot parameter ', h('code', null, cause.parameter));
    case 'version':
      return h('div', { class: 'cause' }, versions(cause));
  }
}

function versions({ since, until }: { readonly since?: string; readonly until?: string }): string {
  const from = since === undefined ? [] : [`since ${since}`];
  const to = until === undefined ? [] : [`until before ${until}`];
  return `only in kernels ${[...from, ...to].join(' and ')}`;
}
