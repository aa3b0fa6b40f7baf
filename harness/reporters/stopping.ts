/** What people are told as soon as a run begins to stop. */
import type { RunEvent } from '../events.ts';
import { count, describeDuration } from '../phrases.ts';
import type { RunProgress } from '../report/fold-report.ts';

type Stopping = Extract<RunEvent, { readonly type: 'run-stopping' }>;

/**
 * Why the run stops, what is ended, and how to go on.
 * @param resume The command that runs the rest.
 */
export function renderStopping(
  { reason }: Stopping,
  { cells, doneCells, running, bounds }: RunProgress,
  resume: string,
): readonly string[] {
  const left = count(cells - doneCells, 'cell');
  const ending = describeCut(running.length, cells - doneCells);
  const goOn = `  to run the rest: ${resume}`;
  switch (reason) {
    case 'interrupted':
      return [
        `stopping: ${left} left${ending}`,
        goOn,
        '  Ctrl-C again ends kmx at once, without reports',
      ];
    case 'max-failures': {
      const failures = count(bounds?.maxFailures ?? 0, 'unexpected result');
      return [`stopping after ${failures}: ${left} left${ending}`, goOn];
    }
    case 'time-budget': {
      const budget = describeDuration(bounds?.timeBudgetMs ?? 0);
      return [`stopping: not all of ${left} can end within the time budget of ${budget}`, goOn];
    }
  }
}

/** Cells that are running are among those that are left. */
function describeCut(running: number, left: number): string {
  if (running === 0) return '';
  if (running < left) return `, ${running} of them cut short`;
  return running === 1 ? ', cut short' : ', all cut short';
}
