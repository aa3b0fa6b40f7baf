/**
 * One cell's life: the synthetic test `boots`, then a worker that runs the scenarios, and another
 * one for what is left if the first one dies; then what is to be tried again. The worker claims,
 * the guest's output decides.
 */
import { mkdirSync } from 'node:fs';
import { now } from '../../clock.ts';
import type { EventSink } from '../../events.ts';
import type { IdleWorker, WorkerEnd, WorkerHost } from '../../worker/host.ts';
import { type Attempts, createAttempts } from './attempts.ts';
import { runBoots } from './boots-test.ts';
import { createCellGuests } from './cell-guests.ts';
import type { CellOrder } from './cell-options.ts';
import { type CellResults, openCellResults, recalledEvents } from './cell-results.ts';
import { spawnCellWorker, startCellWorker } from './cell-worker.ts';
import { createTestRecord, type TestRecord } from './test-record.ts';

export async function runCell(cellOrder: CellOrder): Promise<void> {
  const { signal, history } = cellOrder;
  const results = await openCellResults(cellOrder);
  const emit: EventSink = (event) => {
    if (signal.aborted) return;
    results.observe(event);
    cellOrder.emit(event);
  };
  const order = { ...cellOrder, emit };
  const cell = order.prepared.cell.id;
  const beginMs = performance.now();
  mkdirSync(order.folder, { recursive: true });
  emit({ type: 'cell-begin', time: now(), cell });
  const attempts = createAttempts(order.attempts);
  for (const { test, ...attempted } of history?.ended ?? []) attempts.note(test, attempted);
  const { recalled } = results;
  for (const event of recalledEvents(cell, recalled, history?.planned !== undefined)) emit(event);
  for (const { test, result } of recalled.tests) attempts.note(test, result);
  const isDone = recalled.isWhole && attempts.again.length === 0;
  if (!isDone) await runGuestTests(order, attempts, results);
  const durationMs = Math.round(performance.now() - beginMs);
  emit({ type: 'cell-end', time: now(), cell, durationMs });
  await results.keep();
}

async function runGuestTests(
  order: CellOrder,
  attempts: Attempts,
  results: CellResults,
): Promise<void> {
  const { signal, history, emit } = order;
  let idle: IdleWorker | undefined = spawnCellWorker(order);
  let worker: WorkerHost | undefined;
  const stop = (): void => void worker?.[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop, { once: true });
  const onLost = (guest: number): void => worker?.lose(guest);
  await using guests = createCellGuests({ ...order, guestsBefore: history?.guests ?? 0, onLost });
  const facts = await runBoots(order, guests, attempts);
  if (facts !== undefined) {
    const cell = order.prepared.cell.id;
    const planned = history?.planned ?? results.recalled.planned;
    const known = results.recalled.tests.map(({ test }) => test);
    const plan = planned === undefined ? {} : { planned };
    const record = createTestRecord({ cell, guests, attempts, ...plan, known, emit });
    const work = (): Promise<WorkerEnd> => {
      worker = startCellWorker(
        idle ?? spawnCellWorker(order),
        order,
        facts,
        guests,
        record,
        results,
      );
      idle = undefined;
      return worker.ended;
    };
    await runTests(order, record, work);
    while (attempts.again.length > 0 && !signal.aborted) {
      await record.repeat(attempts.again);
      await runTests(order, record, work);
    }
  }
  await idle?.[Symbol.asyncDispose]();
  signal.removeEventListener('abort', stop);
}

/** Workers one after the other until every test has a verdict; each must bring it nearer. */
async function runTests(
  order: CellOrder,
  record: TestRecord,
  work: () => Promise<WorkerEnd>,
): Promise<void> {
  while (!order.signal.aborted && record.left?.length !== 0) {
    const doneBefore = record.done;
    const { isDone, how } = await work();
    await record.settled();
    if (!isDone && !order.signal.aborted) await record.blameWorker(how);
    if (isDone && record.left?.length === 0) return;
    if (record.done === doneBefore && !order.signal.aborted) {
      throw new Error(`The worker of ${order.prepared.cell.id} ended (${how}) without a test`);
    }
  }
}
