/** The notes that GitHub shows above a job's log: it takes ten errors of each step, and drops the rest. */
import { isAbsolute } from 'node:path';
import { count, renderFirst } from '../../phrases.ts';
import { outcomeOf } from '../../report/outcome.ts';
import { countCells, type Problem, problemsOf } from '../../report/problems.ts';
import { hitWords } from '../../report/reproduce-words.ts';
import type { ExpectationReport, RunReport } from '../../report/schema.ts';
import { createUnrunCheck } from '../../report/unrun.ts';
import { toLine } from '../../text.ts';
import type { FormatContext } from '../format.ts';
import { workflowCommand } from './workflow-command.ts';

const ANNOTATIONS_MAX = 10;
const CELLS_SHOWN_MAX = 3;
const TITLE_LENGTH_MAX = 200;

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  /** Where it stands in the project; absent: nowhere. */
  readonly place?: { readonly file: string; readonly line: string };
}

/** Lines for the runner: what makes the run red first, and what is new before what is not. */
export function annotationsOf(report: RunReport, context: FormatContext): readonly string[] {
  const levelOld = levelOfOld(report);
  const isUnrun = createUnrunCheck(report);
  const passes = countPasses(report);
  const all = [
    ...problemsOf(report).map((problem) => {
      const level = problem.isNew ? 'error' : isUnrun(problem) ? 'warning' : levelOld;
      return ofProblem(problem, report, { ...context, level });
    }),
    ...report.expectations.flatMap((expectation) =>
      // No expectation is new.
      ofExpectation(expectation, report, passes.get(expectation.line) ?? 0).map((one) => ({
        ...one,
        level: levelOld,
      })),
    ),
  ].toSorted((one, other) => LEVELS.indexOf(one.level) - LEVELS.indexOf(other.level));
  if (all.length <= ANNOTATIONS_MAX) return all.map(lineOf);
  const shown = all.slice(0, ANNOTATIONS_MAX - 1);
  const [next] = all.slice(shown.length);
  const message = `${all.length - shown.length} more: see the summary of this job`;
  return [...shown, { level: next?.level ?? 'error', title: 'kmx', message }].map(lineOf);
}

const LEVELS: readonly Annotation['level'][] = ['error', 'warning'];

function lineOf({ level, title, message, place }: Annotation): string {
  return workflowCommand(level, { title, ...place }, message);
}

/** With `--fail-on new` only what is new makes a run red: see docs/baselines.md. */
function levelOfOld(report: RunReport): Annotation['level'] {
  const isOnlyNew = report.failOn === 'new' && report.baseline !== undefined;
  // A run that measured nothing is red for that.
  return isOnlyNew && outcomeOf(report) !== 'unmeasured' ? 'warning' : 'error';
}

function ofProblem(
  { group, verdict, hits, isNew }: Problem,
  report: RunReport,
  { commandLine, level }: Pick<FormatContext, 'commandLine'> & Pick<Annotation, 'level'>,
): Annotation {
  const title = 'class' in group ? group.title : group.message;
  const named = `${isNew ? 'new ' : ''}${verdict}: ${title}`;
  const [first] = hits;
  const cells = renderFirst([...new Set(hits.map(({ cell }) => cell))], CELLS_SHOWN_MAX);
  const again = first === undefined ? [] : [commandLine(hitWords(report, first, group.signature))];
  const lines = [
    `in ${count(countCells(hits), 'cell')}: ${cells.join(', ')}`,
    ...(group.signature === undefined ? [] : [`signature ${group.signature}`]),
    ...again,
  ];
  return {
    level,
    title: toLine(named, TITLE_LENGTH_MAX),
    message: lines.map((line) => toLine(line, 1000)).join('\n'),
  };
}

const UNMET: Readonly<Partial<Record<ExpectationReport['status'], string>>> = {
  stale: 'matches no test of this run: delete it, or correct its cells and tests',
  expired: 'is accepted no longer: fix it, or set another day',
};

/** How many tests passed, by the line of the expectation that says they fail. */
function countPasses({ cells }: RunReport): ReadonlyMap<number, number> {
  const passes = new Map<number, number>();
  for (const { judgement } of cells.flatMap(({ tests }) => tests)) {
    if (judgement?.status !== 'unexpected-pass' || judgement.line === undefined) continue;
    passes.set(judgement.line, (passes.get(judgement.line) ?? 0) + 1);
  }
  return passes;
}

/**
 * Expectations that somebody has to edit, on their lines. Another failure than the expected one is a problem
 * by itself.
 */
function ofExpectation(
  { status, line, outcome, title = '', matched }: ExpectationReport,
  { expectationsFile }: RunReport,
  passes: number,
): readonly Omit<Annotation, 'level'>[] {
  const unmet = UNMET[status];
  const isInProject = expectationsFile !== undefined && !isAbsolute(expectationsFile);
  const place = isInProject ? { place: { file: expectationsFile, line: String(line) } } : {};
  const expected = toLine(`${outcome} ${title}`, TITLE_LENGTH_MAX);
  const advice = passes < matched ? 'narrow it to those that still fail' : 'delete it';
  const passed = `was expected, but ${count(passes, 'test')} of ${matched} passed: ${advice}`;
  return [
    ...(unmet === undefined ? [] : [{ title: `${status} expectation`, what: unmet }]),
    ...(passes === 0 ? [] : [{ title: 'unexpected pass', what: passed }]),
  ].map(({ title: head, what }) => ({ title: head, message: `${expected} ${what}`, ...place }));
}
