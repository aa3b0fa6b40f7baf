import type { RunEvent } from '../events.ts';
import { count } from '../phrases.ts';
import { createReportFold } from '../report/fold-report.ts';
import { describeUnlisted } from '../report/unlisted.ts';
import { toLine } from '../text.ts';
import type { Colors } from './paint.ts';
import { renderElapsed, renderTestEnd, renderTotals } from './progress.ts';
import type { Reporter } from './reporter.ts';

/** Progress for logs: a line for each kernel, each test not as expected and each finished cell. */
export function createPlainReporter(
  write: (text: string) => void,
  colors: Colors,
  past: readonly RunEvent[] = [],
): Reporter {
  const fold = createReportFold(past);

  function lineOfBad(event: Extract<RunEvent, { readonly type: 'test-end' }>): string {
    const { test, why } = renderTestEnd(event, fold.judge(event), colors);
    return why === '' ? test : `${test} – ${why}`;
  }

  function lineOf(event: RunEvent): string | undefined {
    switch (event.type) {
      case 'run-begin':
        return `${count(event.cells.length, 'cell')}, profile ${event.profile}, ${event.host.accelerator}`;
      case 'run-resumed': {
        const { doneCells, cells } = fold.progress();
        return `resumed: ${doneCells} of ${cells} cells are done`;
      }
      case 'kernel-end': {
        const { name, release } = event.kernel;
        const unlisted = describeUnlisted(event.kernel);
        return toLine([`kernel ${name}: ${release}`, unlisted ?? []].flat().join(', '));
      }
      case 'kernel-failed':
        return `kernel ${event.name}: ${toLine(event.message)}`;
      case 'test-end':
        return fold.judge(event).status === 'as-expected' ? undefined : lineOfBad(event);
      case 'cell-end': {
        const { doneCells, cells } = fold.progress();
        const totals = renderTotals(fold.cellTotals(event.cell), colors);
        const elapsed = renderElapsed(event.durationMs);
        const cached = fold.cellCached(event.cell);
        const known = cached === 0 ? '' : `, ${cached} cached`;
        return `[${doneCells}/${cells}] ${event.cell}: ${totals} in ${elapsed}${known}`;
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
