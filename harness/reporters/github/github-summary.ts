/**
 * The summary of a job on GitHub Actions, which takes at most 1 MiB of Markdown of each step. A larger one
 * is not shown at all, so it is cut here, at the end of an item, and says what it lacks.
 */
import { count } from '../../phrases.ts';
import type { RunReport } from '../../report/schema.ts';
import { FORMATS, type FormatContext, type ReportFormat } from '../format.ts';
import { markdownCode } from '../markdown.ts';
import { baselineSection } from '../markdown-report/baseline-section.ts';
import { headSection } from '../markdown-report/head-section.ts';
import { matrixSection } from '../markdown-report/matrix-section.ts';
import { otherSections } from '../markdown-report/other-sections.ts';
import { problemSections } from '../markdown-report/problem-sections.ts';
import {
  itemText,
  markdownContext,
  type Section,
  sectionHead,
} from '../markdown-report/section.ts';

/** The rest of 1 MiB is for what other commands of the step have to say. */
export const GITHUB_SUMMARY_BYTES_MAX = 900 * 1024;
/** For the sentence on what is left out. */
const LAST_BYTES = 1024;

export const githubFormat: ReportFormat = {
  name: 'github',
  ...FORMATS.github,
  pieces: (report, context) => githubPieces(report, context),
};

/** What people have to act on comes first. */
export function* githubPieces(
  report: RunReport,
  context: FormatContext,
  bytesMax = GITHUB_SUMMARY_BYTES_MAX,
): Generator<string> {
  const inner = markdownContext(report, context, false);
  const baseline = baselineSection(inner);
  const sections = [
    headSection(inner),
    ...(baseline === undefined ? [] : [baseline]),
    ...problemSections(inner),
    matrixSection(inner),
    ...otherSections(inner),
  ];
  yield* cutPieces(sections, bytesMax, context);
}

function* cutPieces(
  sections: readonly Section[],
  bytesMax: number,
  { folder }: FormatContext,
): Generator<string> {
  let room = bytesMax - LAST_BYTES;
  const left: string[] = [];
  for (const section of sections) {
    const { items, noun, isDense = false } = section;
    let written = 0;
    for (const item of left.length > 0 ? [] : items) {
      const text = `${written === 0 ? sectionHead(section) : ''}${itemText(item, isDense)}`;
      room -= Buffer.byteLength(text);
      if (room < 0) break;
      yield text;
      written += 1;
    }
    if (written > 0 && isDense) yield '\n';
    if (written < items.length) left.push(count(items.length - written, noun));
  }
  if (left.length === 0) return;
  yield `Left out, since a job summary holds no more: ${left.join(', ')}. See ${markdownCode(`${folder}/summary.md`)}.\n`;
}
