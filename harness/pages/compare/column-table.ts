import type { ComponentChildren } from 'preact';
import type { Column } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';

interface Trait {
  readonly title: string;
  readonly isKnown: (column: Column) => boolean;
  readonly show: (column: Column, folder: string | undefined) => ComponentChildren;
}

const TRAITS: readonly Trait[] = [
  {
    title: 'Cells',
    isKnown: ({ cells }) => cells > 0,
    show: ({ cells }) => count(cells, 'cell'),
  },
  {
    title: 'Kernel',
    isKnown: ({ releases }) => releases.length > 0,
    show: ({ releases }) => releases.map((release) => h('div', null, h(Name, null, release))),
  },
  {
    title: 'Configuration',
    isKnown: ({ config }) => config !== undefined,
    show: ({ name, config }) => (config === undefined ? undefined : describeConfig(config, name)),
  },
  {
    title: 'Run',
    isKnown: ({ run }) => run !== undefined,
    show: ({ run }, folder) => h(FolderLink, { folder }, run),
  },
];

/** What the columns are, as far as it is known: short enough to stand above everything else. */
export function ColumnTable({
  columns,
  folders,
}: {
  readonly columns: readonly Column[];
  readonly folders: readonly (string | undefined)[];
}) {
  const traits = TRAITS.filter(({ isKnown }) => columns.some(isKnown));
  return h(
    'table',
    { class: 'columns', 'aria-label': 'What is compared' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        ['Column', ...traits.map(({ title }) => title)].map((title) =>
          h('th', { scope: 'col' }, title),
        ),
      ),
    ),
    h(
      'tbody',
      null,
      columns.map((column, index) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row' }, h(Name, null, column.name)),
          traits.map(({ isKnown, show }) =>
            h('td', null, isKnown(column) ? show(column, folders[index]) : 'not known'),
          ),
        ),
      ),
    ),
  );
}

/** @param column Its name, which need not be said again. */
function describeConfig({ name, digest, compiler }: NonNullable<Column['config']>, column: string) {
  const shortDigest = digest?.replace(/^sha256:/, '').slice(0, 12);
  const details = [shortDigest, compiler].filter((part) => part !== undefined).join(' · ');
  return [name !== column && h('div', null, h(Name, null, name)), details];
}
