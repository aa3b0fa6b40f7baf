import { count } from '../phrases.ts';
import { describeNew } from '../report/baseline-words.ts';
import { describeStop } from '../report/describe-stop.ts';
import { countNew } from '../report/new-hits.ts';
import { countOlder, countUnexpected, type Outcome } from '../report/outcome.ts';
import { type Problem, problemsOf } from '../report/problems.ts';
import type { CrashReport, RunReport } from '../report/schema.ts';
import { describeAllRan, describeRan, describeUnmeasured } from '../report/unrun.ts';
import { toLine } from '../text.ts';
import { decidingFinding } from '../verdict/reason.ts';
import { VERDICTS } from '../verdict/verdict.ts';

/**
 * One sentence: the outcome of the run, and the exit code that follows from it.
 * @param resume The command that resumes the run.
 */
export function describeOutcome(report: RunReport, outcome: Outcome, resume: string): string {
  const { totals, cells } = report;
  const tests = VERDICTS.reduce((sum, verdict) => sum + (totals[verdict] ?? 0), 0);
  const planned = `${count(tests, 'test')} of ${count(cells.length, 'cell')}`;
  const among = `in ${planned}`;
  const known = describeKnown(report);
  const stop = describeStop(report);
  const since = describeSince(report, among);
  if (since !== undefined && outcome !== 'interrupted' && outcome !== 'unmeasured') {
    const words = [since, ...(known === undefined ? [] : [`${known} as expected`])].join('; ');
    const code = `exit code ${{ good: 0, incomplete: 75, bad: 1 }[outcome]}.`;
    if (stop === undefined) return `${words}: ${code}`;
    return `Incomplete: ${stop}; ${words}: ${code} To run the rest: ${resume}`;
  }
  if (outcome === 'good') {
    if (known === undefined) return `Everything as expected ${among}: exit code 0.`;
    return `${known}, as expected; nothing else went wrong ${among}: exit code 0.`;
  }
  if (outcome === 'unmeasured') {
    const goOn = stop === undefined ? '' : ` ${capitalize(stop)}. To run it: ${resume}`;
    return `Nothing could be measured, ${planned} ${describeUnmeasured(report)}: exit code 69.${goOn}`;
  }
  if (outcome === 'incomplete') {
    const ran =
      known === undefined ? 'everything that ran' : `${known} and everything else that ran`;
    return `Incomplete: ${stop}; ${ran} came as expected: exit code 75. To run the rest: ${resume}`;
  }
  const found = describeFound(report);
  const also = known === undefined ? '' : `; ${known} as expected`;
  if (outcome === 'interrupted') {
    const ran = hasFound(report) ? `${describeRan(report)}; ${found}` : describeAllRan(report);
    return `Interrupted: ${ran}${also}: exit code 130. To run the rest: ${resume}`;
  }
  const end = `${found} ${among}${also}: exit code 1.`;
  return stop === undefined ? end : `Incomplete: ${stop}; ${end} To run the rest: ${resume}`;
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/**
 * With `--fail-on new`, what makes the run red or does not: `1 new failure since 2026… in 99 tests of 9
 * cells; 3 other tests not as expected are not new`.
 */
function describeSince(report: RunReport, among: string): string | undefined {
  const { failOn, baseline } = report;
  if (failOn === undefined || baseline === undefined) return undefined;
  const found = `${describeNew(baseline)} since ${toLine(baseline.run)} ${among}`;
  const old = countOlder(report);
  if (old === 0) return found;
  const tests = count(old, countNew(baseline) > 0 ? 'other test' : 'test');
  return `${found}; ${tests} not as expected ${old === 1 ? 'is' : 'are'} not new`;
}

function hasFound({ crashes, cells, expectations }: RunReport): boolean {
  return (
    countUnexpected(cells) > 0 ||
    crashes.some(({ hits }) => hits.some(({ isExpected }) => !isExpected)) ||
    expectations.some(({ status }) => status === 'stale')
  );
}

/** `1 new panic and 2 unexpected panics`; empty if there are none. */
function describePanics(panics: readonly Problem[]): string {
  const fresh = panics.filter(({ isNew }) => isNew).length;
  const others = panics.length - fresh;
  return [
    ...(fresh > 0 ? [count(fresh, 'new panic')] : []),
    ...(others > 0 ? [count(others, 'unexpected panic')] : []),
  ].join(' and ');
}

function describeFound(report: RunReport): string {
  const { cells, expectations } = report;
  const panics = problemsOf(report).filter(({ group }) => 'class' in group && isPanic(group));
  // A panic is the reason of a test, not a second thing that went wrong, unless no test had it.
  const hasTest = ({ hits }: Problem): boolean => hits.some(({ test }) => test !== undefined);
  const inTests = describePanics(panics.filter(hasTest));
  const loose = describePanics(panics.filter((panic) => !hasTest(panic)));
  const stale = expectations.filter(({ status }) => status === 'stale').length;
  return [
    `${count(countUnexpected(cells), 'test')} not as expected${inTests === '' ? '' : ` (${inTests})`}`,
    ...(loose === '' ? [] : [`${loose} outside of tests`]),
    ...(stale > 0 ? [`${count(stale, 'stale expectation')}`] : []),
  ].join(', ');
}

/** `1 known panic`, `2 known panics and 1 known fail`; undefined if nothing is known. */
function describeKnown({ crashes, cells }: RunReport): string | undefined {
  const isKnown = ({ hits }: CrashReport): boolean => hits.some(({ isExpected }) => isExpected);
  const known = crashes.filter(isKnown);
  const panics = known.filter(isPanic).length;
  const others = known.length - panics;
  const failures = cells.flatMap(({ tests }) =>
    tests.filter(
      (test) => test.judgement?.status === 'as-expected' && decidingFinding(test) === undefined,
    ),
  ).length;
  const parts = [
    ...(panics > 0 ? [count(panics, 'known panic')] : []),
    ...(others > 0 ? [count(others, 'other known crash')] : []),
    ...(failures > 0 ? [count(failures, 'other known failure')] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

function isPanic({ class: kind }: CrashReport): boolean {
  return kind.endsWith('panic');
}
