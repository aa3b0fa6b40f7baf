import { createLogUpdate } from 'log-update';
import type { RunEvent } from '../events.ts';
import { createReportFold } from '../report/fold-report.ts';
import { fitWidth } from './fit-width.ts';
import type { Colors } from './paint.ts';
import { renderProgress, renderTestEnd } from './progress.ts';
import type { Reporter } from './reporter.ts';

const REFRESH_MS = 200;

/**
 * Progress for a terminal: a line per running cell, redrawn in place; tests that were not as
 * expected stay above.
 */
export function createLiveReporter(
  stream: NodeJS.WriteStream,
  colors: Colors,
  past: readonly RunEvent[] = [],
): Reporter {
  const log = createLogUpdate(stream);
  const fold = createReportFold(past);
  /** Reasons that were printed already; one panic may hit many tests. */
  const seen = new Set(['']);
  const beginMs = Date.now();
  let timer: NodeJS.Timeout | undefined;

  const fit = (line: string): string => fitWidth(line, stream);

  function draw(): void {
    const lines = renderProgress(fold.progress(), { beginMs, nowMs: Date.now(), colors });
    log(lines.map(fit).join('\n'));
  }

  return {
    onEvent(event) {
      fold.push(event);
      if (event.type === 'run-begin' || event.type === 'run-resumed') {
        timer = setInterval(draw, REFRESH_MS);
        // A failing run must not be held up by its display.
        timer.unref();
      }
      if (event.type !== 'test-end') return;
      const judgement = fold.judge(event);
      if (judgement.status === 'as-expected') return;
      const { test, why } = renderTestEnd(event, judgement, colors);
      const lines = seen.has(why) ? [test] : [test, colors.dim(`    ${why}`)];
      seen.add(why);
      log.persist(lines.map(fit).join('\n'));
      draw();
    },
    onEnd() {
      clearInterval(timer);
      log.clear();
      log.done();
    },
  };
}
