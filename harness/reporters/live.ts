import { createLogUpdate } from 'log-update';
import { createReportFold } from '../report/fold-report.ts';
import { fitWidth } from './fit-width.ts';
import { renderTestEnd } from './progress.ts';
import { renderProgress } from './progress-lines.ts';
import type { ProgressReporterOptions } from './progress-reporter-options.ts';
import type { Reporter } from './reporter.ts';
import { createRunClock } from './run-clock.ts';
import { renderStopping } from './stopping.ts';

const REFRESH_MS = 200;

/** For a terminal that does not know its size. */
const SIZE = { columns: 80, rows: 24 };

/**
 * Progress for a terminal: a line per running cell, redrawn in place; tests that were not as
 * expected stay above.
 */
export function createLiveReporter(
  stream: NodeJS.WriteStream,
  { colors, resume, past = [] }: ProgressReporterOptions,
): Reporter {
  const log = createLogUpdate(stream);
  const fold = createReportFold(past);
  const clock = createRunClock(past);
  /** Reasons that were printed already; one panic may hit many tests. */
  const seen = new Set(['']);
  let timer: NodeJS.Timeout | undefined;

  const fit = (line: string): string => fitWidth(line, stream);

  function draw(): void {
    const nowMs = Date.now();
    const timeLeft = clock.timeLeft(nowMs);
    const options = { nowMs, elapsedMs: clock.elapsedMs(nowMs), colors };
    const screen = { columns: stream.columns || SIZE.columns, rows: stream.rows || SIZE.rows };
    const lines = renderProgress(
      fold.progress(),
      timeLeft === undefined ? options : { ...options, timeLeft },
      screen,
    );
    log(lines.map(fit).join('\n'));
  }

  function keep(lines: readonly string[]): void {
    log.persist(lines.join('\n'));
    draw();
  }

  return {
    onEvent(event) {
      fold.push(event);
      clock.push(event);
      if (event.type === 'run-begin' || event.type === 'run-resumed') {
        timer = setInterval(draw, REFRESH_MS);
        // A failing run must not be held up by its display.
        timer.unref();
      }
      // Whole: the command must be there to copy, and what is persisted may wrap.
      if (event.type === 'run-stopping') keep(renderStopping(event, fold.progress(), resume));
      if (event.type !== 'test-end') return;
      const judgement = fold.judge(event);
      if (judgement.status === 'as-expected') return;
      const { test, why } = renderTestEnd(event, judgement, colors);
      const lines = seen.has(why) ? [test] : [test, colors.dim(`    ${why}`)];
      seen.add(why);
      keep(lines.map(fit));
    },
    onEnd() {
      clearInterval(timer);
      log.clear();
      log.done();
    },
  };
}
