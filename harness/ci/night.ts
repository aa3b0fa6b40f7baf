/** What a night was like, as far as its issue is concerned. */
import { digestOf, nameOfDigest } from '../cache/digest.ts';
import { count } from '../phrases.ts';
import { headlineOf } from '../report/headline.ts';
import { keyOfHit } from '../report/new-hits.ts';
import { outcomeOf } from '../report/outcome.ts';
import { countCells, type Hit, type Problem, problemsOf } from '../report/problems.ts';
import { hitWords } from '../report/reproduce-words.ts';
import type { RunReport } from '../report/schema.ts';
import { completenessOf } from './completeness.ts';

/** What went wrong, each cause once: those of the report, and what only an issue must say. */
export interface NightProblem {
  /** The same every night, whatever tests and cells it hits. */
  readonly id: string;
  /** `agent-panic`, `fail`, `stale expectation`. */
  readonly kind: string;
  /** What a guest said, perhaps: untrusted. */
  readonly title: string;
  /** How much of the night it is about. */
  readonly extent: string;
  readonly isNew: boolean;
  /** Arguments of kmx that show one case of it. */
  readonly reproduce?: readonly string[];
}

export interface Night {
  /** Undecided: it was cut off, and what there is of it is as expected. */
  readonly kind: 'good' | 'bad' | 'undecided';
  /** One sentence of our own words. */
  readonly headline: string;
  readonly problems: readonly NightProblem[];
  /** Not all of it ran: what it does not have need not be gone. */
  readonly isPartial: boolean;
}

/** @param report Undefined if the night left none. */
export function describeNight(report: RunReport | undefined): Night {
  const isPartial = completenessOf(report) !== 'complete';
  if (report === undefined) {
    const title = 'the job ended before kmx wrote a report; its log says why';
    const problem = { kind: 'no report', title, extent: '', isNew: false };
    return {
      kind: 'bad',
      headline: 'The night left no report.',
      problems: [withId(problem)],
      isPartial,
    };
  }
  const headline = headlineOf(report);
  const outcome = outcomeOf(report);
  if (outcome === 'good') return { kind: 'good', headline, problems: [], isPartial };
  const problems = [
    ...problemsOf(report)
      .filter(({ verdict, isNew }) => isNew || !(report.interrupted && verdict === 'miss'))
      .map((problem) => describeProblem(problem, report)),
    ...describePasses(report),
    ...describeStale(report),
  ];
  if (outcome === 'bad' || outcome === 'unmeasured')
    return { kind: 'bad', headline, problems, isPartial };
  return { kind: problems.length === 0 ? 'undecided' : 'bad', headline, problems, isPartial };
}

function withId(problem: Omit<NightProblem, 'id'>, identity = problem.title): NightProblem {
  const digest = nameOfDigest(digestOf(JSON.stringify([problem.kind, identity])));
  return { id: digest.slice(0, 20), ...problem };
}

function describeProblem(
  { verdict, group, hits, isNew }: Problem,
  report: RunReport,
): NightProblem {
  const title = 'title' in group ? group.title : (group.cause ?? group.message);
  const [first] = hits;
  return withId(
    {
      ...{ kind: verdict, title, isNew, extent: extentOf(hits) },
      ...(first === undefined ? {} : { reproduce: hitWords(report, first, group.signature) }),
    },
    group.signature ?? title,
  );
}

function extentOf(hits: readonly Hit[]): string {
  const tests = new Set(hits.filter(({ test }) => test !== undefined).map(keyOfHit)).size;
  const cells = count(countCells(hits), 'cell');
  return tests === 0 ? cells : `${count(tests, 'test')} in ${cells}`;
}

function describePasses(report: RunReport): readonly NightProblem[] {
  const passes = report.cells.flatMap(({ id: cell, tests }) =>
    tests
      .filter(({ judgement }) => judgement?.status === 'unexpected-pass')
      .map((test) => ({ cell, test, line: test.judgement?.line ?? 0 })),
  );
  return [...Map.groupBy(passes, ({ line }) => line)].map(([line, hits]) =>
    withId({
      kind: 'unexpected pass',
      title: `passes again, though ${lineOf(report, line)} expects otherwise`,
      extent: extentOf(hits),
      isNew: false,
    }),
  );
}

function describeStale(report: RunReport): readonly NightProblem[] {
  return report.expectations
    .filter(({ status }) => status === 'stale')
    .map(({ line }) =>
      withId({
        kind: 'stale expectation',
        title: `${lineOf(report, line)} matches nothing any more`,
        extent: '',
        isNew: false,
      }),
    );
}

function lineOf({ expectationsFile = 'expectations' }: RunReport, line: number): string {
  return `${expectationsFile}:${line}`;
}
