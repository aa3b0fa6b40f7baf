/**
 * One cell's life: the synthetic test `boots`, then the scenarios, then retries. The worker makes a
 * claim, the guest's output decides.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ADAPTERS } from '../../agents/connect.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { type EmitForCell, type EventSink, stampCellEvents, type TestId } from '../../events.ts';
import type { GuestSetup } from '../../live-guest/bring-up.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { spawnWorker } from '../../worker/host.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { runBoots } from './boots-test.ts';
import { CellGuests } from './cell-guests.ts';
import type { CellOptions } from './cell-options.ts';
import { type CellResults, emitRecalled, openCellResults } from './cell-results.ts';
import { CellWorkers } from './cell-workers.ts';
import { TestRound, type TestRoundOptions } from './test-round.ts';

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
  if (!isDone) await runInGuests(options, attempts, results, emit);
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

async function runInGuests(
  options: CellOptions,
  attempts: Attempts,
  results: CellResults,
  emit: EmitForCell,
): Promise<void> {
  const { folder, history, signal } = options;
  const spawn = options.spawnWorker ?? spawnWorker;
  await using workers = new CellWorkers(() => spawn(join(folder, 'worker.log')), signal);
  await using guests = new CellGuests({
    ...options,
    emit,
    setup: setupOf(options.prepared),
    guestsBefore: history?.guests ?? 0,
  });
  const tests = { guests, attempts, emit };
  const facts = await runBoots({ tests, history, signal });
  if (facts !== undefined) await runScenarios(options, { tests, workers, results, facts });
}

function setupOf({ cell, leaveUnmounted, agent }: PreparedCell): GuestSetup {
  const { cgroup, agentKind } = cell;
  return { cgroup, leaveUnmounted, agent, connectAgent: ADAPTERS[agentKind] };
}

async function runScenarios(
  options: CellOptions,
  inGuests: Pick<TestRoundOptions, 'tests' | 'workers' | 'results' | 'facts'>,
): Promise<void> {
  const { history, prepared, limits, scenarios, signal } = options;
  const { tests, results } = inGuests;
  const { attempts, guests, emit } = tests;
  const planned = history?.planned ?? results.recalled.planned;
  const common = {
    ...inGuests,
    ...{ cell: prepared.cell, limits, scenarios, signal },
    done: results.recalled.tests.map(({ test }) => test),
    onPlanned: (all: readonly TestId[]) => emit({ type: 'tests', tests: all }),
  };
  const wanted = planned?.filter((test) => !attempts.has(test));
  await new TestRound({ ...common, wanted, isRetry: false }).run();
  while (attempts.toRetry.length > 0 && !signal.aborted) {
    guests.retire('retry');
    await new TestRound({ ...common, wanted: attempts.toRetry, isRetry: true }).run();
  }
}
