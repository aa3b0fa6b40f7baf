import { isAboutCgroups } from '../../compare/column-differences.ts';
import type { ConfigRow } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { symbolAddress } from './addresses.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';
import { StateMark } from './state-mark.ts';

/** Up to so many symbols all menus are open. */
const SYMBOLS_OPEN_MAX = 30;
const CGROUPS = 'Control groups';
const NOT_KNOWN = 'Menu not known';

/** Symbols that differ, by menu: cgroups first, the others in the kernel's order. */
export function ConfigDifferences({
  names,
  rows,
}: {
  readonly names: readonly string[];
  readonly rows: readonly ConfigRow[];
}) {
  const menus = [...Map.groupBy(rows, menuOf)].toSorted(
    ([one], [other]) => placeOf(one) - placeOf(other),
  );
  return h(
    'section',
    { class: 'config', 'aria-labelledby': 'config' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'config' }, 'Configuration'),
      h('span', { class: 'quiet' }, `${count(rows.length, 'symbol')} differ`),
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

function menuOf({ symbol, menu }: ConfigRow): string {
  if (isAboutCgroups(symbol, menu)) return CGROUPS;
  return menu.length === 0 ? NOT_KNOWN : menu.join(' › ');
}

function placeOf(menu: string): number {
  if (menu === CGROUPS) return 0;
  return menu === NOT_KNOWN ? 2 : 1;
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
    h('summary', null, menu, ' ', h(MenuCounts, { symbols })),
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

/** One for each choice, of which the style sheet shows the reader's. */
function MenuCounts({ symbols }: { readonly symbols: readonly ConfigRow[] }) {
  const decided = symbols.filter(isOfferedByAll).length;
  return [
    h('span', { class: 'quiet of-every' }, symbols.length),
    h('span', { class: 'quiet of-decided' }, decided),
    h('span', { class: 'quiet of-known-to-some' }, symbols.length - decided),
  ];
}

function SymbolRow({ row }: { readonly row: ConfigRow }) {
  const { symbol, states } = row;
  return h(
    'tr',
    {
      id: symbolAddress(symbol),
      class: isOfferedByAll(row) ? 'is-decided' : 'is-known-to-some',
    },
    h('th', { scope: 'row', class: 'what' }, h(Name, null, symbol)),
    columnCells(states, (state) => h(StateMark, { state })),
  );
}
