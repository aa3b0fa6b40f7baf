import type { Outcome } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';

export function OutcomeMark({ outcome }: { readonly outcome: Outcome }) {
  switch (outcome.kind) {
    case 'absent':
      return h('span', { class: 'quiet' }, 'not run');
    case 'verdict': {
      const { verdict, signature } = outcome;
      return [
        h(VerdictMark, { verdict }),
        signature !== undefined &&
          h('div', { class: 'outcome-signature' }, h(Name, null, signature)),
      ];
    }
  }
}
