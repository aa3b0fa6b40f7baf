/** The notes that GitHub shows above a job's log: it takes ten errors of each step, and drops the rest. */
import { isAbsolute } from 'node:path';
import { count, renderFirst } from '../../phrases.ts';
import { countCells, type Problem, problemsOf } from '../../report/problems.ts';
import { reproduceWords } from '../../report/reproduce-words.ts';
import type { ExpectationReport, RunReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import type { FormatContext } from '../format.ts';
import { workflowCommand } from './workflow-command.ts';

const ANNOTATIONS_MAX = 10;
const CELLS_SHOWN_MAX = 3;
const TITLE_LENGTH_MAX = 200;

/** Lines for the runner, what is new first. */
export function annotationsOf(report: RunReport, context: FormatContext): readonly string[] {
  const lines = [
    ...problemsOf(report).map((problem) => ofProblem(problem, report, context)),
    ...report.expectations.flatMap((expectation) => ofExpectation(expectation, report)),
  ];
  if (lines.length <= ANNOTATIONS_MAX) return lines;
  const shown = lines.slice(0, ANNOTATIONS_MAX - 1);
  const more = `${lines.length - shown.length} more: see the summary of this job`;
  return [...shown, workflowCommand('error', { title: 'kmx' }, more)];
}

function ofProblem(
  { group, verdict, hits, isNew }: Problem,
  report: RunReport,
  { commandLine }: FormatContext,
): string {
  const title = 'class' in group ? group.title : group.message;
  const named = `${isNew ? 'new ' : ''}${verdict}: ${title}`;
  const [first] = hits;
  const cells = renderFirst([...new Set(hits.map(({ cell }) => cell))], CELLS_SHOWN_MAX);
  const again =
    first === undefined ? [] : [commandLine(reproduceWords(report, first.cell, first.test))];
  const lines = [
    `in ${count(countCells(hits), 'cell')}: ${cells.join(', ')}`,
    ...(group.signature === undefined ? [] : [`signature ${group.signature}`]),
    ...again,
  ];
  const message = lines.map((line) => toLine(line, 1000)).join('\n');
  return workflowCommand('error', { title: toLine(named, TITLE_LENGTH_MAX) }, message);
}

const UNMET: Readonly<Partial<Record<ExpectationReport['status'], string>>> = {
  stale: 'matches no test of this run: delete it, or correct its cells and tests',
  expired: 'is accepted no longer: fix it, or set another day',
};

/** Expectations that somebody has to edit, on their lines. What came instead of others is a problem by itself. */
function ofExpectation(
  { status, line, outcome, title = '' }: ExpectationReport,
  { expectationsFile }: RunReport,
): readonly string[] {
  const what = UNMET[status];
  if (what === undefined) return [];
  const isInProject = expectationsFile !== undefined && !isAbsolute(expectationsFile);
  const place = isInProject ? { file: expectationsFile, line: String(line) } : {};
  const message = toLine(`${outcome} ${title}`, TITLE_LENGTH_MAX);
  return [
    workflowCommand('error', { title: `${status} expectation`, ...place }, `${message} ${what}`),
  ];
}
