import type { ConfigRow } from '../../compare/comparison.ts';
import { countOf, grouped } from '../count-of.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';
import { StateMark } from './state-mark.ts';

/** Up to so many symbols all menus are open. */
const SYMBOLS_OPEN_MAX = 30;
const CGROUP_MENU = 'Control Group support';

/** Symbols that differ, by menu: the menu of cgroups first, the others in the kernel's order. */
export function ConfigDifferences({
  names,
  rows,
}: {
  readonly names: readonly string[];
  readonly rows: readonly ConfigRow[];
}) {
  const menus = [...Map.groupBy(rows, ({ menu }) => menu.join(' › '))].toSorted(
    ([one], [other]) => Number(other.includes(CGROUP_MENU)) - Number(one.includes(CGROUP_MENU)),
  );
  return h(
    'section',
    { class: 'config', 'aria-labelledby': 'config' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'config' }, 'Configuration'),
      h('span', { class: 'quiet' }, `${countOf(rows.length, 'symbol')} differ`),
      h(ConfigFilters, { rows }),
    ),
    // One head for all menus stays in sight; each table has its own for those who listen.
    h(
      'table',
      { class: 'wide heads', 'aria-hidden': 'true' },
      h(ColumnHeads, { names, first: 'Symbol' }),
    ),
    menus.map(([menu, symbols], index) =>
      h(Menu, {
        names,
        menu,
        symbols,
        isOpen: index === 0 || rows.length <= SYMBOLS_OPEN_MAX,
      }),
    ),
    h('p', { class: 'no-match', hidden: true }, 'No symbol matches.'),
  );
}

/** Whether all kernels offer the symbol, and so somebody has decided about it. */
function isOfferedByAll({ states }: ConfigRow): boolean {
  return states.every((state) => state?.kind !== 'unknown');
}

/** The choice works by the style sheet alone; the search needs the script, which shows it. */
function ConfigFilters({ rows }: { readonly rows: readonly ConfigRow[] }) {
  const offered = rows.filter(isOfferedByAll).length;
  const choices = [
    ['every', 'all', rows.length],
    ['decided', 'offered by all kernels', offered],
    ['known-to-some', 'not known to some', rows.length - offered],
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
          h('span', { class: 'quiet' }, grouped(number)),
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

function Menu({
  names,
  menu,
  symbols,
  isOpen,
}: {
  readonly names: readonly string[];
  readonly menu: string;
  readonly symbols: readonly ConfigRow[];
  readonly isOpen: boolean;
}) {
  return h(
    'details',
    { class: 'menu', open: isOpen },
    h(
      'summary',
      null,
      menu === '' ? 'Menu not known' : menu,
      h('span', { class: 'quiet' }, ` ${grouped(symbols.length)}`),
    ),
    h(
      'table',
      { class: 'wide' },
      h(ColumnHeads, { names, first: 'Symbol' }),
      h(
        'tbody',
        null,
        symbols.map((row) => h(SymbolRow, { row })),
      ),
    ),
  );
}

function SymbolRow({ row }: { readonly row: ConfigRow }) {
  const { symbol, states } = row;
  return h(
    'tr',
    {
      id: `symbol/${encodeURIComponent(symbol.toWellFormed())}`,
      class: isOfferedByAll(row) ? 'is-decided' : 'is-known-to-some',
    },
    h('th', { scope: 'row', class: 'what' }, h(Name, null, symbol)),
    columnCells(states, (state) => h(StateMark, { state })),
  );
}
