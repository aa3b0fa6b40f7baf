import { type ComponentChildren, Fragment } from 'preact';
import { headlineOf } from '../../report/headline.ts';
import { h } from '../element.ts';
import { type PageAssets, renderPagePieces } from '../page.ts';
import { CellSection } from './cell/cell-section.ts';
import type { ReportContext } from './report-context.ts';

export interface ReportPageInput extends ReportContext {
  readonly assets: PageAssets;
}

/** The whole page, as one file, in pieces. */
export function renderReportPage({ assets, ...context }: ReportPageInput): Iterable<string> {
  const { report } = context;
  const frame = (slot: ComponentChildren) => [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
    h(
      'header',
      { class: 'masthead' },
      h('p', { class: 'product' }, 'kernel-matrix'),
      h('h1', null, headlineOf(report)),
    ),
    h('main', { id: 'main', class: 'report' }, slot),
  ];
  return renderPagePieces(
    { title: `${report.run} – kernel-matrix`, frame, parts: partsOf(context) },
    assets,
  );
}

/** The answer first, then the evidence: a cell each. */
function* partsOf(context: ReportContext): Iterable<ComponentChildren> {
  yield h(Fragment, null);
  for (const cell of context.report.cells) yield h(CellSection, { cell, context });
}
