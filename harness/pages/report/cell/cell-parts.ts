import type { ComponentChildren } from 'preact';
import { count } from '../../../phrases.ts';
import { h } from '../../element.ts';
import type { ReportContext } from '../report-context.ts';
import { cellContext } from './cell-context.ts';
import { CellFilters } from './cell-filters.ts';
import { CellSection } from './cell-section.ts';

/** The evidence, in parts that are rendered one by one: filters, then a cell each. */
export function* cellParts(input: ReportContext): Iterable<ComponentChildren> {
  const context = cellContext(input);
  const { report, logs, scope } = context;
  yield h(
    'section',
    { class: 'cells-head', id: 'cells' },
    h('h2', null, 'Cells and tests'),
    h(CellFilters, { context }),
    scope.leftOut > 0 &&
      h(
        'p',
        null,
        `${count(scope.leftOut, 'test')} of this run would make the page too large, the good ones first: they are in report.json beside it.`,
      ),
    logs.note !== undefined && h('p', { class: 'quiet' }, logs.note),
  );
  for (const cell of report.cells) {
    // A cell that nothing is shown of would only lengthen the page.
    if (scope.leftOut === 0 || scope.testsOf(cell).length > 0)
      yield h(CellSection, { cell, context });
  }
  yield h('p', { class: 'no-match', hidden: true }, 'No test matches.');
}
