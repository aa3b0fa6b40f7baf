/** The result that is to be reproduced: what it was, and what it was made from. */
import { type BaselineFacts, isSameTest, type TestDetail, type TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';
import type { Finding } from '../verdict/finding.ts';
import { isGood, type Verdict } from '../verdict/verdict.ts';
import { type PagePlace, pathOfTest } from './page-place.ts';

export interface Original {
  readonly from: OriginalSource;
  /** The cell's id. */
  readonly cell: string;
  readonly test: TestId;
  readonly verdict: Verdict;
  /** Any of these; empty: the verdict alone says what it was. */
  readonly signatures: readonly string[];
  /** What it was, on one line. */
  readonly title?: string;
  /** What it was made from; absent if only what it was is known. */
  readonly made?: MadeFrom;
}

export type OriginalSource =
  | { readonly kind: 'run'; readonly run: string; readonly startedAt: string }
  | {
      readonly kind: 'expectation';
      readonly file: string;
      readonly line: number;
      readonly name?: string;
    }
  | { readonly kind: 'bundle'; readonly file: string };

/** What a run was made from, as far as its report knows. */
export type MadeFrom = Pick<BaselineFacts, 'host' | 'kernels' | 'inputs' | 'matrix'>;

/** The failures of a run, in the order of its cells and tests. What was not measured is none. */
export function originalsIn(report: RunReport): readonly Original[] {
  return report.cells.flatMap((cell) =>
    cell.tests
      .filter(({ verdict }) => !isGood(verdict) && verdict !== 'miss')
      .map((test) => originalOf(report, cell, test)),
  );
}

/** Those of a run that a place on its page leads to. */
export function originalsAt(report: RunReport, place: PagePlace): readonly Original[] {
  const all = originalsIn(report);
  switch (place.kind) {
    case 'cell':
      return all.filter(({ cell }) => cell === place.cell);
    case 'test':
      return all.filter(({ cell, test }) => cell === place.cell && pathOfTest(test) === place.path);
    case 'finding':
      return all.filter(({ signatures }) => signatures.includes(place.signature));
    case 'log':
      return all.filter(
        ({ cell, test }) =>
          cell === place.cell && guestOf(report, cell, test) === Number(place.guest),
      );
  }
}

function guestOf({ cells }: RunReport, cell: string, test: TestId): number | undefined {
  const { tests = [] } = cells.find(({ id }) => id === cell) ?? {};
  return tests.find((one) => isSameTest(one, test))?.guest;
}

function originalOf(report: RunReport, cell: CellReport, result: TestReport): Original {
  const { file, title, verdict, findings, detail } = result;
  const { run, startedAt, host, kernels, inputs, matrix } = report;
  return {
    from: { kind: 'run', run, startedAt },
    cell: cell.id,
    test: { file, title },
    verdict,
    signatures: result.signature === undefined ? [] : [result.signature],
    ...omitUndefined({ title: titleOf({ findings, detail }) }),
    made: {
      host,
      ...omitUndefined({ inputs, matrix }),
      kernels: kernels.map(({ config, ...kernel }) => ({
        ...kernel,
        ...omitUndefined({ config: config?.digest }),
      })),
    },
  };
}

/** What an expectation says of one of its tests. */
export function expectedOriginal(
  { line, name, outcome, signatures = [], title }: Expectation,
  at: { readonly file: string; readonly cell: string; readonly test: TestId },
): Original | undefined {
  if (outcome === 'nothing-ran') return undefined;
  const { file, cell, test } = at;
  return {
    from: { kind: 'expectation', file, line, ...omitUndefined({ name }) },
    ...{ cell, test, verdict: outcome, signatures },
    ...omitUndefined({ title }),
  };
}

/** What a result says: the crash that was found, or else what its test says. */
export function titleOf({
  findings,
  detail,
}: {
  readonly findings: readonly Pick<Finding, 'title'>[];
  readonly detail?: Pick<TestDetail, 'message'> | undefined;
}): string | undefined {
  return findings[0]?.title ?? detail?.message;
}

/** A failure in a few words. */
export function nameFailure({
  verdict,
  title,
}: {
  readonly verdict: string;
  readonly title?: string | undefined;
}): string {
  return title === undefined ? verdict : `${verdict} ${title}`;
}
