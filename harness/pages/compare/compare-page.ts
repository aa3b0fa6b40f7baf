import { Fragment } from 'preact';
import type { Comparison } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { KeyHelp } from '../key-help.ts';
import { type PageAssets, renderPage } from '../page.ts';
import { ColumnPicker } from './column-picker.ts';
import { ColumnTable } from './column-table.ts';
import { ConfigDifferences } from './config-differences.ts';
import { FactDifferences } from './fact-differences.ts';
import { leadOf } from './lead.ts';
import { MachineDifferences } from './machine-differences.ts';
import { OutcomeSection } from './outcome-section.ts';
import type { PageContext } from './page-context.ts';
import { ReasonTable } from './reason-table.ts';
import { shortNames } from './short-names.ts';

export interface ComparePageOptions extends Omit<PageContext, 'names' | 'symbols'> {
  readonly comparison: Comparison;
  readonly assets: PageAssets;
}

/** The whole page, as one file. */
export function renderComparePage({ comparison, assets, ...options }: ComparePageOptions): string {
  const { columns, tests, groups, same, facts, factsConfig, config, missing } = comparison;
  const { byMachine = [] } = comparison;
  const names = shortNames(columns.map(({ name }) => name));
  const symbols = new Set(config.map(({ symbol }) => symbol));
  const context = { names, symbols, ...options };
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
      { id: 'main', class: widthClass(names.length) },
      h(ColumnTable, { columns, folders: options.folders }),
      h(Missing, { missing }),
      h(ColumnPicker, { names, second: firstDifferent(groups) }),
      hasTests && h(OutcomeSection, { groups, same, alone: tests.alone, context }),
      byMachine.length > 0 && h(MachineDifferences, { found: byMachine }),
      h(ReasonTable, { groups, context }),
      facts.length > 0 && h(FactDifferences, { names, facts, config: factsConfig }),
      config.length > 0 && h(ConfigDifferences, { names, rows: config }),
    ),
    h(KeyHelp, {
      keys: [
        ['j, k', 'next and previous difference'],
        ['/', 'search the configuration'],
        ['a', 'show all results, or only what differs'],
        ['?', 'these keys'],
      ],
    }),
  );
  return renderPage({ title: `${names.join(' · ')} – kernel-matrix`, main }, assets);
}

/** How many columns have to be put next to each other, for the style sheet. */
function widthClass(columns: number): string | undefined {
  if (columns <= 2) return undefined;
  return columns <= 3 ? 'has-pairs' : 'has-pairs has-many';
}

/** The column that the gravest difference is in. */
function firstDifferent(groups: Comparison['groups']): number {
  const found = groups[0]?.changes.findIndex((change) => change !== null) ?? -1;
  return Math.max(found, 1);
}

/** What was not compared must not look like what is the same. */
function Missing({ missing }: { readonly missing: readonly string[] }) {
  return missing.map((sentence) => h('p', { class: 'missing quiet' }, 'Not compared: ', sentence));
}
