/**
 * One cell's life: the synthetic test `boots`, then a worker that runs the scenarios, and another
 * one for what is left if the first one dies. The worker claims, the guest's output decides.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { BOOTS, type EventSink, type GuestFacts } from '../events.ts';
import type { Machine } from '../machine/machine.ts';
import type { Limits } from '../matrix/matrix.ts';
import type { PreparedCell } from '../prepare/prepare-cell.ts';
import { decideVerdict } from '../verdict/decide.ts';
import { GuestLost } from '../worker/guest-lost.ts';
import { startWorker, type WorkerEnd, type WorkerHost } from '../worker/host.ts';
import { type CellGuests, createCellGuests } from './cell-guests.ts';
import { now } from './clock.ts';
import { describeTestEnd } from './test-end.ts';
import { createTestRecord, type TestRecord } from './test-record.ts';

/** Which scenarios a run looks into. */
export interface ScenarioSet {
  /** Absolute folder of all scenarios; tests are named relative to it. */
  readonly root: string;
  /** Absolute paths of the spec files that the cell runs. */
  readonly files: readonly string[];
  /** Words that a test's file or title must have. */
  readonly testFilter?: string;
}

export interface CellOrder {
  readonly prepared: PreparedCell;
  readonly machine: Machine;
  readonly limits: Limits;
  readonly scenarios: ScenarioSet;
  /** The cell's folder in the run's reports. */
  readonly folder: string;
  readonly emit: EventSink;
  /** Aborted: guest and worker end at once, and what has no verdict by then gets none. */
  readonly signal: AbortSignal;
}

/** How often a test's own limit may pass before a worker that says nothing is taken for stuck. */
const STUCK_FACTOR = 3;

export async function runCell(cellOrder: CellOrder): Promise<void> {
  const { signal } = cellOrder;
  const emit: EventSink = (event) => {
    if (!signal.aborted) cellOrder.emit(event);
  };
  const order = { ...cellOrder, emit };
  const cell = order.prepared.cell.id;
  const beginMs = performance.now();
  mkdirSync(order.folder, { recursive: true });
  emit({ type: 'cell-begin', time: now(), cell });
  let worker: WorkerHost | undefined;
  const stop = (): void => void worker?.[Symbol.asyncDispose]();
  signal.addEventListener('abort', stop, { once: true });
  await using guests = createCellGuests({ ...order, onLost: (guest) => worker?.lose(guest) });
  const facts = await runBoots(order, guests);
  if (facts !== undefined) {
    const record = createTestRecord(cell, guests, emit);
    await runTests(order, record, () => {
      worker = startCellWorker(order, facts, guests, record);
      return worker.ended;
    });
  }
  signal.removeEventListener('abort', stop);
  emit({
    type: 'cell-end',
    time: now(),
    cell,
    durationMs: Math.round(performance.now() - beginMs),
  });
}

async function runBoots(order: CellOrder, guests: CellGuests): Promise<GuestFacts | undefined> {
  const { emit } = order;
  const cell = order.prepared.cell.id;
  const beginMs = performance.now();
  emit({ type: 'test-begin', time: now(), cell, test: BOOTS });
  const failure = await guests.ensure();
  const { current, number: guest } = guests;
  const durationMs = Math.round(performance.now() - beginMs);
  const decision =
    failure ?? decideVerdict(await describeTestEnd({ claim: 'pass', durationMs }, current?.run));
  emit({ type: 'test-end', time: now(), cell, test: BOOTS, durationMs, guest, ...decision });
  await guests.afterTest(decision.verdict);
  return current?.facts;
}

/** Workers one after the other until every test has a verdict; each must bring it nearer. */
async function runTests(
  order: CellOrder,
  record: TestRecord,
  work: () => Promise<WorkerEnd>,
): Promise<void> {
  while (!order.signal.aborted) {
    const doneBefore = record.done.length;
    const { isDone, how } = await work();
    await record.settled();
    if (!isDone && !order.signal.aborted) await record.blameWorker(how);
    if (isDone && record.left.length === 0) return;
    if (record.done.length === doneBefore && !order.signal.aborted) {
      throw new Error(`The worker of ${order.prepared.cell.id} ended (${how}) without a test`);
    }
  }
}

function startCellWorker(
  order: CellOrder,
  facts: GuestFacts,
  guests: CellGuests,
  record: TestRecord,
): WorkerHost {
  const { limits, scenarios, prepared } = order;
  const stuckMs = STUCK_FACTOR * (limits.bootTimeoutMs + limits.testTimeoutMs);
  let stuck: NodeJS.Timeout | undefined;
  const worker = startWorker(
    {
      type: 'start',
      cell: prepared.cell,
      facts,
      scenarioFiles: scenarios.files,
      scenarioRoot: scenarios.root,
      ...(scenarios.testFilter === undefined ? {} : { testFilter: scenarios.testFilter }),
      done: record.done,
      limits,
    },
    {
      onTests: record.plan,
      onTestBegin(test) {
        stuck = setTimeout(() => void worker[Symbol.asyncDispose](), stuckMs);
        record.begin(test);
      },
      onTestEnd(test, result) {
        clearTimeout(stuck);
        record.end(test, result);
      },
      lease: record.lease,
      async call(method, params, timeoutMs) {
        if (guests.current === undefined) throw new GuestLost('the guest is gone');
        return await guests.current.run.channel.call(method, params, timeoutMs);
      },
    },
    join(order.folder, 'worker.log'),
  );
  void worker.ended.then(() => clearTimeout(stuck));
  return worker;
}
