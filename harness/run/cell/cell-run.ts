/**
 * One cell's life: the synthetic test `boots`, then the scenarios, then retries. The worker makes a
 * claim, the guest's output decides.
 */
import { mkdirSync } from 'node:fs';
import { asStorageError } from '../../cache/storage-error.ts';
import { type EventSink, stampCellEvents } from '../../events.ts';
import { bootSpecOf } from '../../live-guest/boot-spec.ts';
import { createAttempts } from './attempts.ts';
import type { CellOptions } from './cell-options.ts';
import { type CellResults, emitRecalled, openCellResults } from './cell-results.ts';

export async function runCell(options: CellOptions): Promise<void> {
  const results = await openCellResults(options);
  const { history, prepared, folder } = options;
  const emit = stampCellEvents(prepared.cell.id, filterEvents(options, results));
  const beginMs = performance.now();
  makeFolder(folder);
  emit({ type: 'cell-begin' });
  const attempts = createAttempts(options.retryPolicy);
  for (const { test, ...attempted } of history?.ended ?? []) attempts.add(test, attempted);
  emitRecalled(emit, results.recalled, history?.planned !== undefined);
  for (const { test, result } of results.recalled.tests) attempts.add(test, result);
  const isDone = results.recalled.isWhole && attempts.toRetry.length === 0;
  if (!isDone) {
    await options.machine.expect?.(bootSpecOf(prepared, options.limits));
    // A run without guests is quicker without what they need.
    const { runInGuests } = await import('./guest-tests.ts');
    await runInGuests(options, attempts, results, emit);
  }
  emit({ type: 'cell-end', durationMs: Math.round(performance.now() - beginMs) });
  await results.keep();
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asStorageError(error, folder);
  }
}

/** What happens after an interrupt is no result. */
function filterEvents({ emit, signal }: CellOptions, results: CellResults): EventSink {
  return (event) => {
    if (signal.aborted) return;
    results.observe(event);
    emit(event);
  };
}
