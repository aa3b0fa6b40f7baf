import type { ComponentChildren } from 'preact';
import { headlineOf } from '../../report/headline.ts';
import { h } from '../element.ts';
import { KeyHelp } from '../key-help.ts';
import { type PageAssets, renderPagePieces } from '../page.ts';
import { adviceSection } from './advice-section.ts';
import { cellParts } from './cell/cell-parts.ts';
import { LogPacks } from './cell/log-packs.ts';
import { LogPane } from './cell/log-pane.ts';
import { changedSection } from './changed-section.ts';
import { expectationSection } from './expectation-section.ts';
import { kernelSection } from './kernel-section.ts';
import { Masthead } from './masthead.ts';
import { matrixSection } from './matrix-section.ts';
import { disagreementSection, flakySection, noteSection } from './oddity-section.ts';
import { originSection } from './origin-section.ts';
import { problemSections } from './problem-section.ts';
import type { ReportContext } from './report-context.ts';
import { scenarioSection } from './scenario-section.ts';
import { Contents, Section, type SectionContent } from './section.ts';
import { skipSection } from './skip-section.ts';
import { timeSection } from './time-section.ts';

export interface ReportPageInput extends ReportContext {
  readonly assets: PageAssets;
}

const CELLS = { id: 'cells', title: 'Cells and tests' } as const;

/** The whole page, as one file, in pieces. */
export function renderReportPage({ assets, ...context }: ReportPageInput): Iterable<string> {
  const { report } = context;
  const [before, after] = [sectionsBefore(context), sectionsAfter(context)];
  const frame = (slot: ComponentChildren) => [
    h('a', { class: 'skip', href: '#main' }, 'Skip to the results'),
    h(Masthead, { context }),
    h(Contents, { sections: [...before, CELLS, ...after] }),
    h('main', { id: 'main', class: 'report' }, slot),
  ];
  const title = `${headlineOf(report)} – kernel-matrix ${report.profile}`;
  return renderPagePieces({ title, frame, parts: partsOf(before, after, context) }, assets);
}

function* partsOf(
  before: readonly SectionContent[],
  after: readonly SectionContent[],
  context: ReportContext,
): Iterable<ComponentChildren> {
  for (const content of before) yield h(Section, { content });
  yield* cellParts(context);
  for (const content of after) yield h(Section, { content });
  yield h(LogPane, null);
  yield h(KeyHelp, { keys: KEYS });
  yield h(LogPacks, { logs: context.logs });
}

const KEYS = [
  ['j, k', 'next and previous failure'],
  ['/', 'search cells and tests'],
  ['Esc', 'close the log'],
  ['?', 'these keys'],
] as const;

/** The answer first, then the map, then what went wrong. */
function sectionsBefore(context: ReportContext): readonly SectionContent[] {
  const { report } = context;
  return [
    changedSection(report),
    expectationSection(report),
    matrixSection(report),
    ...problemSections(context),
    flakySection(report),
    adviceSection(context),
    skipSection(report),
    scenarioSection(report),
  ].filter((section) => section !== undefined);
}

function sectionsAfter(context: ReportContext): readonly SectionContent[] {
  const { report } = context;
  return [
    kernelSection(context),
    disagreementSection(report),
    timeSection(report),
    noteSection(report),
    originSection(report),
  ].filter((section) => section !== undefined);
}
