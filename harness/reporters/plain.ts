import type { RunEvent } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { count } from '../phrases.ts';
import { describeBuilt } from '../report/built-words.ts';
import { describeMachines } from '../report/describe-machines.ts';
import { createReportFold } from '../report/fold-report.ts';
import { describeUnlisted } from '../report/unlisted.ts';
import { toLine } from '../text.ts';
import { renderElapsed, renderTestEnd, renderTotals } from './progress.ts';
import { describeProgress } from './progress-lines.ts';
import type { ProgressReporterOptions } from './progress-reporter-options.ts';
import type { Reporter } from './reporter.ts';
import { createRunClock } from './run-clock.ts';
import { renderStopping } from './stopping.ts';

const TELL_EVERY_MS = 60_000;

/**
 * Progress for logs: a line for each kernel, each test not as expected and each finished cell; about
 * every minute in which something moved, one that says how far the run has come.
 */
export function createPlainReporter(
  write: (text: string) => void,
  { colors, resume, past = [] }: ProgressReporterOptions,
): Reporter {
  const fold = createReportFold(past);
  const clock = createRunClock(past);
  let toldMs: number | undefined;

  /** By the times of events, so that a replay has the same lines. */
  function lineNowAndThen(event: RunEvent): string | undefined {
    const nowMs = Date.parse(event.time);
    toldMs ??= nowMs;
    const hasMoved = event.type === 'test-end' || event.type === 'cell-end';
    if (!hasMoved || nowMs - toldMs < TELL_EVERY_MS) return undefined;
    toldMs = nowMs;
    return describeProgress(fold.progress(), {
      colors,
      elapsedMs: clock.elapsedMs(nowMs),
      ...omitUndefined({ timeLeft: clock.timeLeft(nowMs) }),
    });
  }

  function lineOfBad(event: Extract<RunEvent, { readonly type: 'test-end' }>): string {
    const { test, why } = renderTestEnd(event, fold.judge(event), colors);
    return why === '' ? test : `${test} – ${why}`;
  }

  function lineOf(event: RunEvent): string | undefined {
    switch (event.type) {
      case 'run-begin':
        return `${count(event.cells.length, 'cell')}, profile ${event.profile}, ${describeMachines(event.host.machines)}`;
      case 'run-resumed': {
        const { doneCells, cells } = fold.progress();
        return `resumed: ${doneCells} of ${cells} cells are done`;
      }
      case 'kernel-end': {
        const { name, release } = event.kernel;
        const { built } = event.kernel;
        const notes = [built && describeBuilt(built), describeUnlisted(event.kernel)];
        return toLine([`kernel ${name}: ${release}`, ...notes].filter(Boolean).join(', '));
      }
      case 'kernel-failed':
        return `kernel ${event.name}: ${toLine(event.message)}`;
      case 'test-end':
        return fold.judge(event).status === 'as-expected' ? undefined : lineOfBad(event);
      case 'cell-end': {
        const { doneCells, cells } = fold.progress();
        const skip = fold.cellSkipped(event.cell);
        if (skip !== undefined)
          return `[${doneCells}/${cells}] ${event.cell}: skipped: ${toLine(skip)}`;
        const totals = renderTotals(fold.cellTotals(event.cell), colors);
        const elapsed = renderElapsed(event.durationMs);
        const cached = fold.cellCached(event.cell);
        const known = cached === 0 ? '' : `, ${cached} cached`;
        return `[${doneCells}/${cells}] ${event.cell}: ${totals} in ${elapsed}${known}`;
      }
      case 'run-stopping':
        return renderStopping(event, fold.progress(), resume).join('\n');
    }
    return undefined;
  }

  return {
    onEvent(event) {
      fold.push(event);
      clock.push(event);
      const lines = [lineOf(event), lineNowAndThen(event)];
      for (const line of lines) if (line !== undefined) write(`${line}\n`);
    },
  };
}
