import { omitUndefined } from '../omit-undefined.ts';
import { independentCrashes } from '../verdict/consequences.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { decidingFinding, findingsBeside, reasonOf } from '../verdict/reason.ts';
import { isGood, VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { isBelieved } from './confirm-crashes.ts';
import type { CellReport, CrashReport, FailureReport, TestReport, Totals } from './schema.ts';

type Hit = CrashReport['hits'][number];

export function countVerdicts(tests: Iterable<{ readonly verdict: Verdict }>): Totals {
  const totals: Totals = {};
  for (const { verdict } of tests) totals[verdict] = (totals[verdict] ?? 0) + 1;
  return totals;
}

/** A test has a verdict, or a different one than before. */
export function recount(totals: Totals, after: Verdict, before?: Verdict): void {
  if (before === after) return;
  totals[after] = (totals[after] ?? 0) + 1;
  if (before === undefined) return;
  const left = (totals[before] ?? 0) - 1;
  if (left > 0) totals[before] = left;
  else delete totals[before];
}

export function addTotals(parts: Iterable<Totals>): Totals {
  const totals: Totals = {};
  for (const part of parts) {
    for (const verdict of VERDICTS) {
      const number = part[verdict];
      if (number !== undefined) totals[verdict] = (totals[verdict] ?? 0) + number;
    }
  }
  return totals;
}

/**
 * Each crash once, in the order of appearance: those of tests, and those while no test was being
 * decided. Consequences are not crashes of their own.
 */
export function groupCrashes(cells: readonly CellReport[]): CrashReport[] {
  const crashes = new Map<string, CrashReport>();

  function add(finding: Finding, hit: Hit, kernelLived: boolean): void {
    if (!isCrash(finding)) return;
    const { class: kind, title, place, signature, source, excerpt } = finding;
    const crash = crashes.get(signature) ?? {
      ...omitUndefined({ class: kind, title, place, signature, source, excerpt }),
      kernelLived: true,
      hits: [],
    };
    crash.kernelLived &&= kernelLived;
    crash.hits.push(hit);
    crashes.set(signature, crash);
  }

  for (const { id: cell, tests, findings: loose } of cells) {
    for (const test of tests) {
      const kernelLived = !test.findings.some(killsKernel);
      for (const finding of crashesOf(test))
        add(finding, crashHitOf(cell, test, finding), kernelLived);
    }
    const dead = new Set(
      loose.filter(({ finding }) => killsKernel(finding)).map(({ guest }) => guest),
    );
    for (const { guest, finding, isExpected } of loose.filter(isBelieved)) {
      const hit = omitUndefined({ cell, guest, isExpected });
      add(finding, hit, !dead.has(guest));
    }
  }
  return [...crashes.values()];
}

/** What was seen where nothing was measured says nothing about the product. */
function crashesOf(test: TestReport): readonly Finding[] {
  return test.verdict === 'miss' ? [] : independentCrashes(test.findings);
}

/**
 * Bad tests that no crash explains, the worst first. Tests that one expectation would pin, by
 * verdict and signature, are one failure: they have one cause. Tests without a signature are
 * grouped by message.
 */
export function groupFailures(cells: readonly CellReport[]): FailureReport[] {
  const failures = new Map<string, FailureReport>();
  for (const { id: cell, tests } of cells) {
    for (const test of tests) {
      const { verdict, signature, detail } = test;
      if (isGood(verdict) || decidingFinding(test) !== undefined) continue;
      const message = reasonOf(test);
      const key = JSON.stringify([verdict, signature ?? message]);
      const failure = failures.get(key) ?? {
        ...omitUndefined({ verdict, signature, cause: detail?.cause, message }),
        beside: [],
        hits: [],
      };
      failure.hits.push(hitOf(cell, test));
      const titles = findingsBeside(test).map(({ title }) => title);
      failure.beside = [...new Set([...failure.beside, ...titles])];
      failures.set(key, failure);
    }
  }
  return [...failures.values()].sort(
    (one, other) => VERDICTS.indexOf(one.verdict) - VERDICTS.indexOf(other.verdict),
  );
}

/** Where a test got its verdict, and whether that was expected. */
function hitOf(cell: string, { file, title, guest, judgement }: TestReport): Hit {
  const isExpected = judgement?.status === 'as-expected' ? true : undefined;
  return omitUndefined({ cell, guest, test: { file, title }, isExpected });
}

/** The same for a crash: where one came that was not expected, others may have been. */
function crashHitOf(cell: string, test: TestReport, { signature }: Finding): Hit {
  const hit = hitOf(cell, test);
  const { status, unlisted } = test.judgement ?? {};
  const isListed = status === 'changed' && unlisted?.includes(signature) === false;
  return isListed ? { ...hit, isExpected: true } : hit;
}

function killsKernel({ class: kind }: Finding): boolean {
  return kind === 'kernel-panic' || kind === 'boot-failure';
}
