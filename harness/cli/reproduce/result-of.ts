import { BOOTS, isSameTest, type TestId } from '../../events.ts';
import type { CellReport, RunReport, TestReport } from '../../report/schema.ts';
import { isGood } from '../../verdict/verdict.ts';

/** That of the test, unless there was no guest for it. */
export function resultOf(report: RunReport, test: TestId): TestReport {
  const tests = report.cells.flatMap((cell: CellReport) => cell.tests);
  const own = tests.find((one) => isSameTest(one, test));
  const boots = tests.find((one) => isSameTest(one, BOOTS));
  const isUnmeasured = own === undefined || own.verdict === 'miss';
  if (isUnmeasured && boots !== undefined && !isGood(boots.verdict)) return boots;
  if (own === undefined) throw new Error(`Expected a result of ${test.file} ${test.title}`);
  return own;
}
