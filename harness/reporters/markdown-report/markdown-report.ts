import type { RunReport } from '../../report/schema.ts';
import { FORMATS, type FormatContext, type ReportFormat } from '../format.ts';
import { baselineSection } from './baseline-section.ts';
import { headSection } from './head-section.ts';
import { matrixSection } from './matrix-section.ts';
import { otherSections } from './other-sections.ts';
import { problemSections } from './problem-sections.ts';
import { markdownContext, sectionPieces } from './section.ts';

/** summary.md: to be read as it is, in an issue, or in a mail. */
export const markdownFormat: ReportFormat = {
  name: 'markdown',
  ...FORMATS.markdown,
  pieces: markdownPieces,
};

function* markdownPieces(report: RunReport, context: FormatContext): Generator<string> {
  const inner = markdownContext(report, context, true);
  yield* sectionPieces(headSection(inner));
  const baseline = baselineSection(inner);
  if (baseline !== undefined) yield* sectionPieces(baseline);
  yield* sectionPieces(matrixSection(inner));
  for (const section of problemSections(inner)) yield* sectionPieces(section);
  for (const section of otherSections(inner)) yield* sectionPieces(section);
}
