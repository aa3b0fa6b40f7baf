import type { ComponentChildren } from 'preact';
import { h } from '../element.ts';
import { Name } from '../name.ts';

/** Narrow screens show two columns at a time; the style sheet tells them apart by these classes. */
function columnClass(index: number): string {
  return `column column-${index + 1}`;
}

/** The head of a table whose columns are what is compared. */
export function ColumnHeads({
  names,
  first,
  last,
}: {
  readonly names: readonly string[];
  readonly first: string;
  readonly last?: string;
}) {
  return h(
    'thead',
    null,
    h(
      'tr',
      null,
      h('th', { scope: 'col', class: 'what' }, first),
      names.map((name, index) =>
        h('th', { scope: 'col', class: columnClass(index) }, h(Name, null, name)),
      ),
      last !== undefined && h('th', { scope: 'col', class: 'aside' }, last),
    ),
  );
}

/** One cell for each column. */
export function columnCells<T>(
  values: readonly T[],
  render: (value: T, index: number) => ComponentChildren,
) {
  return values.map((value, index) => h('td', { class: columnClass(index) }, render(value, index)));
}
