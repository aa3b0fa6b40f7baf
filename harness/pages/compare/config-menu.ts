import type { ConfigRow } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { symbolAddress } from './addresses.ts';
import { columnCells } from './column-cell.ts';
import { FoldedTable } from './folded-table.ts';
import { StateMark } from './state-mark.ts';

/** Whether all kernels offer the symbol, and so somebody has decided about it. */
export function isOfferedByAll({ states }: ConfigRow): boolean {
  return states.every((state) => state?.kind !== 'unknown');
}

/** The symbols of a menu of the first level, with those of the menus below it. */
export function ConfigMenu({
  names,
  title,
  rows,
  isOpen,
}: {
  readonly names: readonly string[];
  readonly title: string;
  readonly rows: readonly ConfigRow[];
  readonly isOpen: boolean;
}) {
  const menus = Map.groupBy(rows, ({ menu }) => menu.slice(1).join(' › '));
  return h(
    FoldedTable,
    { names, first: 'Symbol', title, counts: h(MenuCounts, { rows }), isOpen, kind: 'menu' },
    [...menus].map(([submenu, own]) =>
      h(Submenu, { title: submenu, rows: own, columns: names.length }),
    ),
  );
}

/** One for each choice, of which the style sheet shows the reader's. */
function MenuCounts({ rows }: { readonly rows: readonly ConfigRow[] }) {
  const decided = rows.filter(isOfferedByAll).length;
  return [
    h('span', { class: 'quiet of-every' }, rows.length),
    h('span', { class: 'quiet of-decided' }, decided),
    h('span', { class: 'quiet of-unknown-to-some' }, rows.length - decided),
  ];
}

function Submenu({
  title,
  rows,
  columns,
}: {
  /** Empty: the symbols are not below another menu. */
  readonly title: string;
  readonly rows: readonly ConfigRow[];
  readonly columns: number;
}) {
  return h(
    'tbody',
    null,
    title !== '' &&
      h(
        'tr',
        { class: 'submenu' },
        h('th', { scope: 'rowgroup' }, title),
        h('td', { colSpan: columns }),
      ),
    rows.map((row) => h(SymbolRow, { row })),
  );
}

function SymbolRow({ row }: { readonly row: ConfigRow }) {
  const { symbol, states } = row;
  return h(
    'tr',
    {
      id: symbolAddress(symbol),
      class: isOfferedByAll(row) ? 'is-decided' : 'is-unknown-to-some',
    },
    h('th', { scope: 'row', class: 'what' }, h(Name, null, symbol)),
    columnCells(states, (state) => h(StateMark, { state })),
  );
}
