import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import { isGood } from '../verdict/verdict.ts';
import type { Colors } from './paint.ts';
import { renderElapsed, renderTestEnd, renderTotals } from './progress.ts';
import type { Reporter } from './reporter.ts';

/** Progress for logs: a line a kernel, a bad test and a finished cell; nothing is overwritten. */
export function createPlainReporter(write: (text: string) => void, colors: Colors): Reporter {
  const fold = createReportFold();

  function lineOf(event: RunEvent): string | undefined {
    switch (event.type) {
      case 'run-begin':
        return `${event.cells.length} cells, profile ${event.profile}, ${event.host.accelerator}`;
      case 'kernel-end':
        return `kernel ${event.kernel.name}: ${event.kernel.release}`;
      case 'test-end':
        return isGood(event.verdict) ? undefined : renderTestEnd(event, colors);
      case 'cell-end': {
        const { cells } = fold.report();
        const cell = cells.find(({ id }) => id === event.cell);
        const done = cells.filter(({ durationMs }) => durationMs !== undefined).length;
        const totals = cell === undefined ? '' : renderTotals(cell.totals, colors);
        return `[${done}/${cells.length}] ${event.cell}: ${totals} in ${renderElapsed(event.durationMs)}`;
      }
    }
    return undefined;
  }

  return {
    onEvent(event) {
      fold.push(event);
      const line = lineOf(event);
      if (line !== undefined) write(`${line}\n`);
    },
  };
}
