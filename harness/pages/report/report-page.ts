import type { ComponentChildren } from 'preact';
import { headlineOf } from '../../report/headline.ts';
import { h } from '../element.ts';
import { type PageAssets, renderPagePieces } from '../page.ts';
import { AdviceSection } from './advice-section.ts';
import { cellParts } from './cell/cell-parts.ts';
import { ChangedSection } from './changed-section.ts';
import { ExpectationSection } from './expectation-section.ts';
import { KernelSection } from './kernel-section.ts';
import { Masthead } from './masthead.ts';
import { MatrixSection } from './matrix-section.ts';
import { DisagreementSection, FlakySection, NoteSection } from './oddity-section.ts';
import { OriginSection } from './origin-section.ts';
import { ProblemSections } from './problem-section.ts';
import type { ReportContext } from './report-context.ts';
import { ScenarioSection } from './scenario-section.ts';
import { SkipSection } from './skip-section.ts';
import { TimeSection } from './time-section.ts';

export interface ReportPageInput extends ReportContext {
  readonly assets: PageAssets;
}

/** The whole page, as one file, in pieces. */
export function renderReportPage({ assets, ...context }: ReportPageInput): Iterable<string> {
  const { report } = context;
  const frame = (slot: ComponentChildren) => [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
    h(Masthead, { context }),
    h('main', { id: 'main', class: 'report' }, slot),
  ];
  const title = `${headlineOf(report)} – kernel-matrix ${report.profile}`;
  return renderPagePieces({ title, frame, parts: partsOf(context) }, assets);
}

/** The answer first, then the map, then the evidence: a cell each. */
function* partsOf(context: ReportContext): Iterable<ComponentChildren> {
  const { report } = context;
  const { baseline, startedAt } = report;
  if (baseline !== undefined) yield h(ChangedSection, { baseline, startedAt });
  yield h(ExpectationSection, { report });
  yield h(MatrixSection, { report });
  yield h(ProblemSections, { context });
  yield h(FlakySection, { report });
  yield h(AdviceSection, { context });
  yield h(SkipSection, { report });
  yield h(ScenarioSection, { report });
  yield* cellParts(context);
  yield h(KernelSection, { report, explain: context.explain });
  yield h(DisagreementSection, { report });
  yield h(TimeSection, { report });
  yield h(NoteSection, { report });
  yield h(OriginSection, { report });
}
