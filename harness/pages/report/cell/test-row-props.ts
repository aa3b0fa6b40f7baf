import type { CellReport, TestReport } from '../../../report/schema.ts';
import type { CellContext } from './cell-context.ts';
import type { TimeAxis } from './time-axis.ts';

export interface TestRowProps {
  readonly cell: CellReport;
  readonly test: TestReport;
  /** Its guest came up for it, and is on its bar. */
  readonly isFirstOfGuest: boolean;
  readonly axis: TimeAxis | undefined;
  readonly context: CellContext;
}
