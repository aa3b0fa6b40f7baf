/** What of a cell has no result yet: `boots`, the scenarios, and retries. */
import { join } from 'node:path';
import { ADAPTERS } from '../../agents/connect.ts';
import type { EmitForCell, TestId } from '../../events.ts';
import type { GuestSetup } from '../../live-guest/bring-up.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import type { PreparedCell } from '../../prepare/prepare-cell.ts';
import { spawnWorker } from '../../worker/host.ts';
import type { Attempts } from './attempts.ts';
import { runBoots } from './boots-test.ts';
import { CellGuests } from './cell-guests.ts';
import type { CellOptions } from './cell-options.ts';
import type { CellResults } from './cell-results.ts';
import { CellWorkers } from './cell-workers.ts';
import { TestRound, type TestRoundOptions } from './test-round.ts';

export async function runInGuests(
  options: CellOptions,
  attempts: Attempts,
  results: CellResults,
  emit: EmitForCell,
): Promise<void> {
  const { folder, history, signal, attendant } = options;
  const spawn = options.spawnWorker ?? spawnWorker;
  await using workers = new CellWorkers(() => spawn(join(folder, 'worker.log')), signal);
  await using guests = new CellGuests({
    ...options,
    emit,
    setup: setupOf(options.prepared),
    guestsBefore: history?.guests ?? 0,
    ...omitUndefined({ savesGuests: attendant?.savesGuests }),
    ...(attendant?.onOutput && { onOutput: (printed) => attendant.onOutput?.(printed) }),
  });
  const { cell } = options.prepared;
  const tests = { guests, attempts, emit, cell, ...omitUndefined({ attendant }) };
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
  const wanted = (scenarios.tests ?? planned)?.filter((test) => !attempts.has(test));
  // Nobody asks a worker which tests there are.
  if (scenarios.tests !== undefined) emit({ type: 'tests', tests: scenarios.tests });
  await new TestRound({ ...common, wanted, isRetry: false }).run();
  while (attempts.toRetry.length > 0 && !signal.aborted) {
    guests.retire('retry');
    await new TestRound({ ...common, wanted: attempts.toRetry, isRetry: true }).run();
  }
}
