import type { ConfigRow } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { isOfferedByAll } from './config-menu.ts';

/** The choice works by the style sheet alone; the search needs the script, which shows it. */
export function ConfigFilters({ rows }: { readonly rows: readonly ConfigRow[] }) {
  const offered = rows.filter(isOfferedByAll).length;
  const choices = [
    ['every', 'all', rows.length],
    ['decided', 'offered by all kernels', offered],
    ['unknown-to-some', 'not known to some', rows.length - offered],
  ] as const;
  return h(
    'div',
    { class: 'filters' },
    h(
      'fieldset',
      null,
      h('legend', { class: 'hidden' }, 'Which symbols'),
      choices.map(([id, label, number], index) =>
        h(
          'label',
          null,
          h('input', {
            type: 'radio',
            name: 'symbols',
            id,
            autocomplete: 'off',
            defaultChecked: index === 0,
          }),
          ` ${label} `,
          h('span', { class: 'quiet' }, number),
        ),
      ),
    ),
    h(
      'label',
      { class: 'search', hidden: true },
      h('span', { class: 'hidden' }, 'Search the configuration'),
      h('input', {
        type: 'search',
        id: 'search',
        placeholder: 'symbol, menu or value',
        autocomplete: 'off',
        spellcheck: false,
      }),
      h('output', { for: 'search' }),
    ),
  );
}
