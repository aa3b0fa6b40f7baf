import { Fragment } from 'preact';
import type { Comparison } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { KeyHelp } from '../key-help.ts';
import { type PageAssets, renderPage } from '../page.ts';
import { ColumnPicker } from './column-picker.ts';
import { ColumnTable } from './column-table.ts';
import { ConfigDifferences } from './config-differences.ts';
import { FactTable } from './fact-table.ts';
import { leadOf } from './lead.ts';
import { OutcomeTable } from './outcome-table.ts';
import { ReasonTable } from './reason-table.ts';

export interface ComparePageOptions {
  readonly comparison: Comparison;
  readonly assets: PageAssets;
  /** Of each column, the folder of its run as seen from the page; undefined: not to be linked. */
  readonly folders: readonly (string | undefined)[];
  /** Arguments of kmx as a command that the reader can type. */
  readonly commandLine: (words: readonly string[]) => string;
}

/** The whole page, as one file. */
export function renderComparePage({ comparison, assets, ...options }: ComparePageOptions): string {
  const { columns, groups, same, facts, config, missing } = comparison;
  const names = columns.map(({ name }) => name);
  const hasTests = groups.length > 0 || same !== undefined;
  const main = h(
    Fragment,
    null,
    h('a', { class: 'skip', href: '#main' }, 'Skip to what differs'),
    h(
      'header',
      { class: 'masthead' },
      h('p', { class: 'product' }, 'kernel-matrix · compare'),
      h('h1', null, leadOf(comparison)),
    ),
    h(
      'main',
      { id: 'main', class: names.length > 2 ? 'has-pairs' : undefined },
      h(ColumnTable, { columns, folders: options.folders }),
      missing.length > 0 && h(Missing, { missing }),
      h(ColumnPicker, { names }),
      hasTests && h(OutcomeTable, { names, groups, same, ...options }),
      h(ReasonTable, { names, groups }),
      facts.length > 0 && h(FactTable, { names, facts }),
      config.length > 0 && h(ConfigDifferences, { names, rows: config }),
    ),
    h(KeyHelp, {
      keys: [
        ['j, k', 'next and previous difference'],
        ['/', 'search the configuration'],
        ['a', 'show what is the same, too, or hide it'],
        ['?', 'these keys'],
      ],
    }),
  );
  return renderPage({ title: `${names.join(' · ')} – kernel-matrix`, main }, assets);
}

/** What could not be compared must not look like what is the same. */
function Missing({ missing }: { readonly missing: readonly string[] }) {
  return h(
    'section',
    { class: 'missing', 'aria-labelledby': 'missing' },
    h('h2', { id: 'missing' }, 'Not compared'),
    h(
      'ul',
      null,
      missing.map((sentence) => h('li', null, sentence)),
    ),
  );
}
