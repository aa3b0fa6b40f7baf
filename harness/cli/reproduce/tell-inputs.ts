import type { RunEvent } from '../../events.ts';
import { describeMachines } from '../../report/describe-machines.ts';
import { createReportFold } from '../../report/fold-report.ts';
import { differentInputs, type OwnInputs } from '../../reproduce/input-differences.ts';
import type { Original } from '../../reproduce/original.ts';
import type { Row, RowPrinter } from './row-printer.ts';

const ABOUT_INPUTS: ReadonlySet<RunEvent['type']> = new Set([
  ...(['run-begin', 'kernel-end', 'kernel-failed'] as const),
]);

/** Hears the events of a run, and says what it is made from before its first guest starts. */
export function tellInputs(original: Original, printer: RowPrinter): (event: RunEvent) => void {
  const fold = createReportFold();
  return (event) => {
    if (ABOUT_INPUTS.has(event.type)) fold.push(event);
    if (event.type !== 'cell-begin') return;
    for (const row of rowsOf(original, fold.report())) printer.row(row);
  };
}

function rowsOf({ made }: Original, own: OwnInputs): readonly Row[] {
  const kernels = own.kernels.map(({ name, release }) => `${name} ${release}`);
  const text = [...kernels, describeMachines(own.host.machines)].join(', ');
  if (made === undefined) return [{ label: 'inputs', text }];
  const differences = differentInputs(made, own);
  const how = differences.length === 0 ? ': all as they were' : '';
  return [
    { label: 'inputs', text: `${text}${how}` },
    ...differences.map((difference) => ({ label: 'differs', text: difference.text })),
  ];
}
