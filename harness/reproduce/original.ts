/** The result that is to be reproduced: what it was, and what it was made from. */
import { type BaselineFacts, isSameTest, type TestDetail, type TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { signaturesOf } from '../expectations/judge.ts';
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
  /** Absent if only its signature is known. */
  readonly verdict?: Verdict;
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
      /** By which its kernel was chosen, if the expectation does not name it: `>=6.12`. */
      readonly range?: string;
    }
  /** Whoever wants to see it has said what it was. */
  | { readonly kind: 'command' }
  | { readonly kind: 'bundle'; readonly file: string };

/** What a run was made from, as far as its report knows. */
export type MadeFrom = Pick<BaselineFacts, 'host' | 'kernels' | 'inputs' | 'matrix'>;

/**
 * The failures of a run, in the order of its cells and tests. What was not measured is none.
 * @param signature Only those in which it came, whether it decided or not.
 */
export function originalsIn(report: RunReport, signature?: string): readonly Original[] {
  return report.cells.flatMap((cell) =>
    cell.tests
      .filter(({ verdict }) => !isGood(verdict) && verdict !== 'miss')
      .filter((test) => signature === undefined || signaturesOf(test).includes(signature))
      .map((test) => originalOf(report, cell, test, signature)),
  );
}

/** Those of a run that a place on its page leads to. */
export function originalsAt(
  report: RunReport,
  place: PagePlace,
  signature?: string,
): readonly Original[] {
  const all = originalsIn(report, signature);
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

function originalOf(
  report: RunReport,
  cell: CellReport,
  result: TestReport,
  signature = result.signature,
): Original {
  const { file, title, verdict, detail } = result;
  const own = result.findings.filter((finding) => finding.signature === signature);
  const findings = own.length === 0 ? result.findings : own;
  const { run, startedAt, host, kernels, inputs, matrix } = report;
  return {
    from: { kind: 'run', run, startedAt },
    cell: cell.id,
    test: { file, title },
    verdict,
    signatures: signature === undefined ? [] : [signature],
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
  at: {
    readonly file: string;
    readonly cell: string;
    readonly test: TestId;
    readonly range?: string | undefined;
  },
): Original | undefined {
  if (outcome === 'nothing-ran') return undefined;
  const { file, cell, test, range } = at;
  return {
    from: { kind: 'expectation', file, line, ...omitUndefined({ name, range }) },
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
  readonly verdict?: string;
  readonly title?: string | undefined;
}): string {
  return [verdict ?? 'a failure', ...(title === undefined ? [] : [title])].join(' ');
}
