import { h } from '../element.ts';

/** For narrow screens, where two columns have room. It works without the script: the style sheet does it. */
export function ColumnPicker({
  names,
  second,
}: {
  readonly names: readonly string[];
  /** Index of the column beside the first, until the reader picks others. */
  readonly second: number;
}) {
  if (names.length <= 2) return null;
  return h(
    'div',
    { class: 'column-picker', role: 'group', 'aria-label': 'Columns shown' },
    h(Pick, { id: 'left', label: 'Compare', names, chosen: 0 }),
    h(Pick, { id: 'right', label: 'with', names, chosen: second }),
  );
}

function Pick({
  id,
  label,
  names,
  chosen,
}: {
  readonly id: string;
  readonly label: string;
  readonly names: readonly string[];
  readonly chosen: number;
}) {
  return h(
    'label',
    null,
    label,
    ' ',
    h(
      'select',
      { id, autocomplete: 'off' },
      names.map((name, index) =>
        h('option', { value: String(index + 1), selected: index === chosen }, name),
      ),
    ),
  );
}
