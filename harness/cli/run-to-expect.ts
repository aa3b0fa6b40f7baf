import type { RunToExpect } from '../expectations/propose.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { reasonOf } from '../verdict/reason.ts';

/** A run's report as far as proposals for expectations need it. */
export function runToExpect({ cells, expectations }: RunReport): RunToExpect {
  return {
    cells,
    tests: cells.flatMap(({ id: cell, tests }) =>
      tests.map((test) => {
        const { file, title, verdict, signature, judgement } = test;
        return {
          ...omitUndefined({ cell, file, title, verdict, signature }),
          // What the signature pins: the cause where there is one.
          what: toLine(test.detail?.cause ?? (reasonOf(test) || verdict)),
          judgement: judgement ?? { status: 'as-expected' },
        };
      }),
    ),
    stale: expectations.flatMap(({ status, line }) => (status === 'stale' ? [line] : [])),
  };
}
