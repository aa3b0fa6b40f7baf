import { compactReport } from '../compare/compact-report.ts';
import { comparedRunOf } from '../compare/compared-run-of.ts';
import { shortAdvice } from '../compare/short-advice.ts';
import { count } from '../phrases.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { folderWord, type SummaryOptions } from './summary-options.ts';

/** In a larger run, a summary is no place for advice. */
const CELLS_MAX = 10_000;
const WAYS_MAX = 2;

/** For each agent that fails anywhere, the changes that help most, as this run has shown. */
export function renderShortAdvice(
  report: RunReport,
  options: Pick<SummaryOptions, 'colors' | 'command' | 'folder'>,
): readonly string[] {
  const { colors, command } = options;
  if (report.cells.length > CELLS_MAX) return [];
  const run = comparedRunOf(compactReport(report, 'report.json'), {
    folder: '',
    configs: new Map(),
    warnings: [],
  });
  const lines = shortAdvice(run).flatMap(({ agent, failing, ways }) => [
    `advice  ${toLine(agent)}: ${count(failing, 'cell')} ${failing === 1 ? 'fails' : 'fail'}`,
    ...ways.slice(0, WAYS_MAX).map(({ text, proven }) => {
      return `  ${toLine(text)}: helps ${proven.length} of ${failing}, proven by ${toLine(proven[0]?.by ?? '')}`;
    }),
  ]);
  return lines.length === 0
    ? []
    : [
        ...lines,
        `  ${toLine(command(['advise', '--from', folderWord(options)]), 10_000)} says why, and what else may help`,
      ].map(colors.dim);
}
