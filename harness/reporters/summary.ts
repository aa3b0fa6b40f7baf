/**
 * What stays on the terminal when a run is over: the table, each crash once, everything else that
 * went wrong, what was skipped, and the exit code with its reason.
 */

import { count, renderFirst } from '../phrases.ts';
import { countRepeatedMisses } from '../report/attempts.ts';
import { describeNewBuilds } from '../report/built-words.ts';
import { describeMachines } from '../report/describe-machines.ts';
import { countUnexpected, type Outcome, outcomeOf } from '../report/outcome.ts';
import { ranMsOf } from '../report/ran-ms.ts';
import type { CellReport, RunReport } from '../report/schema.ts';
import { type SkipReason, skipReasonsOf } from '../report/skip-reasons.ts';
import { createUnrunCheck } from '../report/unrun.ts';
import { toLine } from '../text.ts';
import { describeCached } from './cached.ts';
import type { Colors } from './paint.ts';
import { renderElapsed, renderTestName, renderTotals } from './progress.ts';
import { renderShortAdvice } from './summary-advice.ts';
import { renderBaseline } from './summary-baseline.ts';
import { renderCells } from './summary-cells.ts';
import { renderKnown, renderUnmet } from './summary-expectations.ts';
import { isUnexpected, renderCrash, renderFailure } from './summary-failures.ts';
import { renderNextSteps } from './summary-next-steps.ts';
import { renderNotes } from './summary-notes.ts';
import type { SummaryOptions } from './summary-options.ts';
import { describeOutcome } from './summary-outcome.ts';
import { renderDisagreements } from './summary-predictions.ts';

const GROUPS_SHOWN_MAX = 20;
const REASONS_SHOWN_MAX = 10;

export function renderSummary(report: RunReport, options: SummaryOptions): string {
  const { colors } = options;
  const sections = [
    renderBaseline(report, options),
    ...renderResults(report, options),
    ...renderUnmet(report, colors),
    renderFlaky(report, colors),
    renderKnown(report, colors),
    renderDisagreements(report, options),
    renderShortAdvice(report, options),
    renderSkips(report, colors),
    renderUnrun(report, colors),
    renderNotes(report, colors),
    renderEnd(report, options),
  ];
  const filled = sections.filter((lines) => lines.length > 0);
  return `${filled.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** The table, each crash once, then each failure that no crash explains; a section each, some empty. */
export function renderResults(
  report: RunReport,
  options: SummaryOptions,
): readonly (readonly string[])[] {
  const isUnrun = createUnrunCheck(report);
  const failures = report.failures.filter(
    (failure) => failure.hits.some(isUnexpected) && !isUnrun(failure),
  );
  const shown = failures.slice(0, GROUPS_SHOWN_MAX);
  const hidden = failures.length - shown.length;
  return [
    renderCells(report.cells, options),
    ...report.crashes.map((crash) => renderCrash(crash, report, options)),
    ...shown.map((failure) => renderFailure(failure, report, options)),
    hidden > 0 ? [`… and ${hidden} more: see ${options.folder}/report.json`] : [],
  ];
}

/** Tests without a result, by the reason for that. */
export function renderUnrun(report: RunReport, colors: Colors): readonly string[] {
  return report.failures
    .filter(createUnrunCheck(report))
    .map(({ hits, message }) =>
      colors.dim(`no result  ${count(hits.length, 'test')}: ${toLine(message)}`),
    );
}

/** Tests whose attempts ended differently; the first attempt stands. */
function renderFlaky({ cells }: RunReport, colors: Colors): readonly string[] {
  const lines = cells.flatMap(({ id, tests }) =>
    tests
      .filter(({ isFlaky }) => isFlaky)
      .map((test) => {
        const ends = test.attempts?.map(({ verdict }) => verdict).join(', then ');
        return `${colors.red('flaky')}  ${id}  ${renderTestName(test)}: ${ends}`;
      }),
  );
  const misses = cells
    .flatMap(({ tests }) => tests.map(countRepeatedMisses))
    .reduce((sum, number) => sum + number, 0);
  const again = misses === 0 ? [] : [`${colors.yellow(count(misses, 'miss'))} retried`];
  return [...renderFirst(lines, GROUPS_SHOWN_MAX), ...again];
}

/** Each reason once: a reader must be able to see what was not tested. */
function renderSkips(report: RunReport, colors: Colors): readonly string[] {
  const lines = skipReasonsOf(report).map(
    (skip) => `skip  ${describeSkipped(skip)}: ${toLine(skip.reason)}`,
  );
  return renderFirst(lines, REASONS_SHOWN_MAX).map((line) => colors.dim(line));
}

/** `2 cells`, `5 tests`. */
export function describeSkipped({ isOfCells, hits }: SkipReason): string {
  return count(hits.length, isOfCells ? 'cell' : 'test');
}

function renderEnd(report: RunReport, options: SummaryOptions): readonly string[] {
  const { colors, folder, page, resume } = options;
  const { cells, host, totals } = report;
  const ranMs = ranMsOf(report);
  const time = ranMs === undefined ? '' : ` in ${renderElapsed(ranMs)}`;
  const place = page === undefined ? `, reports in ${folder}` : '';
  const where = `${count(cells.length, 'cell')}, ${describeMachines(host.machines)}${place}`;
  const outcome = outcomeOf(report);
  const last = describeOutcome(report, outcome, resume);
  return [
    `${renderTotals(totals, colors)}${time}, ${where}`,
    ...renderCached(cells, colors),
    ...[describeNewBuilds(report) ?? []].flat(),
    ...(page === undefined ? [] : [`report: ${page}`]),
    ...(outcome === 'bad' ? renderNextSteps(report, options) : []),
    paintOutcome(report, outcome, colors)(last),
  ];
}

/** That a run was cut off is nothing wrong by itself. */
function paintOutcome(report: RunReport, outcome: Outcome, colors: Colors): Colors['red'] {
  if (outcome === 'good') return colors.green;
  const isCut = outcome === 'incomplete' || outcome === 'interrupted';
  return isCut && countUnexpected(report.cells) === 0 ? colors.yellow : colors.red;
}

/** What was not run again, and how to run it. */
function renderCached(cells: readonly CellReport[], colors: Colors): readonly string[] {
  const tests = cells.flatMap((cell) => cell.tests);
  const cached = describeCached(tests);
  if (cached === undefined) return [];
  const why = 'nothing they depend on has changed since (--no-cache runs them)';
  return [`${count(tests.length, 'test')}, ${cached}: ${colors.dim(why)}`];
}
