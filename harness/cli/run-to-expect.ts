import { signaturesOf } from '../expectations/judge.ts';
import type { RunToExpect } from '../expectations/propose.ts';
import type { RunReport } from '../report/schema.ts';
import { toLine } from '../text.ts';
import { reasonOf } from '../verdict/reason.ts';

/** The part of a run's report that proposals for expectations need. */
export function runToExpect({ cells, expectations }: RunReport): RunToExpect {
  return {
    cells,
    tests: cells.flatMap(({ id: cell, tests }) =>
      tests.map((test) => {
        const { file, title, verdict, judgement } = test;
        return {
          ...{ cell, file, title, verdict },
          signatures: signaturesOf(test).filter((signature) => signature !== ''),
          // The text that the signature stands for: the cause if there is one.
          what: toLine(test.detail?.cause ?? (reasonOf(test) || verdict)),
          judgement: judgement ?? { status: 'as-expected' },
        };
      }),
    ),
    stale: expectations.flatMap(({ status, line }) => (status === 'stale' ? [line] : [])),
  };
}
