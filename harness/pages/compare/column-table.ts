import type { Column } from '../../compare/comparison.ts';
import { count } from '../../phrases.ts';
import { h } from '../element.ts';
import { FolderLink } from '../folder-link.ts';
import { Name } from '../name.ts';

/** What the columns are: short enough to stand above everything else. */
export function ColumnTable({
  columns,
  folders,
}: {
  readonly columns: readonly Column[];
  readonly folders: readonly (string | undefined)[];
}) {
  return h(
    'table',
    { class: 'plain columns' },
    h('caption', { class: 'hidden' }, 'What is compared'),
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        ['Column', 'Cells', 'Kernel', 'Configuration', 'Run'].map((head) =>
          h('th', { scope: 'col' }, head),
        ),
      ),
    ),
    h(
      'tbody',
      null,
      columns.map((column, index) => h(ColumnRow, { column, folder: folders[index] })),
    ),
  );
}

function ColumnRow({
  column: { name, run, cells, releases, config },
  folder,
}: {
  readonly column: Column;
  readonly folder: string | undefined;
}) {
  return h(
    'tr',
    null,
    h('th', { scope: 'row' }, h(Name, null, name)),
    h('td', null, cells === 0 ? '–' : count(cells, 'cell')),
    h(
      'td',
      null,
      releases.length === 0 ? '–' : releases.map((one) => h('div', null, h(Name, null, one))),
    ),
    h('td', null, config === undefined ? 'config not known' : describeConfig(config)),
    h('td', null, run === undefined ? '–' : h(FolderLink, { folder }, run)),
  );
}

function describeConfig({ name, digest, compiler }: NonNullable<Column['config']>) {
  const shortDigest = digest?.replace(/^sha256:/, '').slice(0, 12);
  return [
    h(Name, null, name),
    h(
      'div',
      { class: 'quiet' },
      [shortDigest, compiler].filter((part) => part !== undefined).join(' · '),
    ),
  ];
}
