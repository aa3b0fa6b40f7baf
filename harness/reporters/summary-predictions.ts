/** The summary's part on predictions: quiet on results that came as the kernels' configurations say. */

import { count } from '../phrases.ts';
import type { DisagreementReport, RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { type Colors, paintVerdict } from './paint.ts';
import { renderTestName } from './progress.ts';

const GROUPS_SHOWN_MAX = 10;
const TESTS_SHOWN_MAX = 3;

export function renderDisagreements(
  { disagreements }: RunReport,
  { folder, colors }: { readonly folder: string; readonly colors: Colors },
): readonly string[] {
  if (disagreements.length === 0) return [];
  const shown = disagreements.slice(0, GROUPS_SHOWN_MAX);
  const more = disagreements.length - shown.length;
  return [
    'Not as kmx check predicted: either the needs are wrong, or something other than the kernel is to blame.',
    ...shown.flatMap((group) => describe(group, colors)),
    ...(more === 0 ? [] : [`… and ${more} more: see ${folder}/report.json`]),
  ];
}

function describe(
  { predicted, verdict, because, hits }: DisagreementReport,
  colors: Colors,
): readonly string[] {
  const cells = new Set(hits.map(({ cell }) => cell)).size;
  const where = `${count(hits.length, 'test')} of ${count(cells, 'cell')}`;
  const why = because === undefined ? 'nothing is missing' : toLine(because);
  const words = `${predicted} predicted (${why}), ${paintVerdict(colors, verdict, verdict)} measured`;
  const first = hits.slice(0, TESTS_SHOWN_MAX);
  const more = hits.length - first.length;
  return [
    `  ${words}: ${where}`,
    ...first.map(({ cell, test }) => `    ${cell}  ${renderTestName(test)}`),
    ...(more === 0 ? [] : [`    … and ${more} more`]),
  ];
}
