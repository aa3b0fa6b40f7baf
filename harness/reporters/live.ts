import { createLogUpdate } from 'log-update';
import sliceAnsi from 'slice-ansi';
import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import { toLine } from '../text.ts';
import { isGood } from '../verdict/verdict.ts';
import type { Colors } from './paint.ts';
import { renderElapsed, renderTestEnd, renderTotals } from './progress.ts';
import type { Reporter } from './reporter.ts';

const REFRESH_MS = 200;

interface RunningCell {
  readonly beginMs: number;
  /** The running test, or what the cell waits for. */
  now: string;
}

/** Progress for a terminal: a line a running cell, redrawn in place; bad tests stay above. */
export function createLiveReporter(stream: NodeJS.WriteStream, colors: Colors): Reporter {
  const log = createLogUpdate(stream);
  const fold = createReportFold();
  const running = new Map<string, RunningCell>();
  const kernels = new Set<string>();
  const beginMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function draw(): void {
    const width = stream.columns || 80;
    const { cells, totals } = fold.report();
    const done = cells.filter(({ durationMs }) => durationMs !== undefined).length;
    const elapsed = renderElapsed(performance.now() - beginMs);
    // Cells that have not begun count as a miss in a report; here they are simply to come.
    const { miss: _, ...seen } = totals;
    const header = `${colors.bold(`${done} of ${cells.length} cells`)}  ${renderTotals(seen, colors)}  ${colors.dim(elapsed)}`;
    const fetching = [...kernels].map((name) => colors.dim(`fetching kernel ${name} …`));
    const lines = [...running].map(([cell, { now, beginMs: since }]) => {
      const time = colors.dim(renderElapsed(performance.now() - since));
      return `  ${cell}  ${time}  ${toLine(now)}`;
    });
    // A line that wraps would be redrawn at the wrong place.
    log([header, ...fetching, ...lines].map((line) => sliceAnsi(line, 0, width - 1)).join('\n'));
  }

  function follow(event: RunEvent): void {
    if (event.type === 'kernel-begin') kernels.add(event.name);
    if (event.type === 'kernel-end') kernels.delete(event.kernel.name);
    if (event.type === 'cell-begin') {
      running.set(event.cell, { beginMs: performance.now(), now: 'prepares' });
    }
    if (event.type === 'cell-end') running.delete(event.cell);
    const cell = 'cell' in event ? running.get(event.cell) : undefined;
    if (cell === undefined) return;
    if (event.type === 'test-begin') cell.now = event.test.title;
    if (event.type === 'guest-begin' && event.guest > 1) cell.now = `boots again (${event.reason})`;
  }

  return {
    onEvent(event) {
      fold.push(event);
      follow(event);
      if (event.type === 'run-begin') timer = setInterval(draw, REFRESH_MS);
      if (event.type === 'test-end' && !isGood(event.verdict)) {
        log.persist(renderTestEnd(event, colors));
      }
    },
    onEnd() {
      clearInterval(timer);
      log.clear();
      log.done();
    },
  };
}
