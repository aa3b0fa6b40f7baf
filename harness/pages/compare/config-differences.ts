import { isAboutCgroups } from '../../compare/column-differences.ts';
import type { ConfigRow } from '../../compare/comparison.ts';
import { countDiffering } from '../../phrases.ts';
import { h } from '../element.ts';
import { ConfigFilters } from './config-filters.ts';
import { ConfigMenu } from './config-menu.ts';
import { FoldedHeads } from './folded-table.ts';

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
      h('span', { class: 'quiet' }, countDiffering(rows.length, 'symbol')),
      h(ConfigFilters, { rows }),
    ),
    h(FoldedHeads, { names, first: 'Symbol' }),
    menus.map(([title, own], index) =>
      h(ConfigMenu, {
        names,
        title,
        rows: own,
        isOpen: index === 0 || rows.length <= SYMBOLS_OPEN_MAX,
      }),
    ),
    h('p', { class: 'no-match', hidden: true }, 'No symbol matches.'),
  );
}

function menuOf({ symbol, menu }: ConfigRow): string {
  return isAboutCgroups(symbol, menu) ? CGROUPS : (menu[0] ?? NOT_KNOWN);
}

function placeOf(menu: string): number {
  if (menu === CGROUPS) return 0;
  return menu === NOT_KNOWN ? 2 : 1;
}
