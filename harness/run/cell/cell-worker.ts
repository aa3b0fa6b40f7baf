import { join } from 'node:path';
import type { GuestFacts } from '../../events.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import { type IdleWorker, spawnWorker, startWorker, type WorkerHost } from '../../worker/host.ts';
import type { CellGuests } from './cell-guests.ts';
import type { CellOrder } from './cell-options.ts';
import type { CellResults } from './cell-results.ts';
import type { TestRecord } from './test-record.ts';

/** How often a test's own limit may pass before a worker that says nothing is taken for stuck. */
const STUCK_FACTOR = 3;

/** A process for the cell's tests: while it loads what it needs, a guest can come up. */
export function spawnCellWorker({ folder }: CellOrder): IdleWorker {
  return spawnWorker(join(folder, 'worker.log'));
}

/** A process that runs what is left of the cell's tests; what it claims goes to the record. */
export function startCellWorker(
  idle: IdleWorker,
  order: CellOrder,
  facts: GuestFacts,
  guests: CellGuests,
  record: TestRecord,
  results: CellResults,
): WorkerHost {
  const { limits, scenarios, prepared } = order;
  const stuckMs = STUCK_FACTOR * (limits.bootTimeoutMs + limits.testTimeoutMs);
  let stuck: NodeJS.Timeout | undefined;
  const worker = startWorker(
    idle,
    {
      type: 'start',
      cell: prepared.cell,
      facts,
      scenarioFiles: scenarios.files,
      scenarioRoot: scenarios.root,
      ...(scenarios.testFilter === undefined ? {} : { testFilter: scenarios.testFilter }),
      ...(record.left === undefined ? { known: record.known } : { wanted: record.left }),
      limits,
    },
    {
      onTests(tests, all) {
        results.onTests(all);
        record.plan(tests);
      },
      onModules: results.onModules,
      onTestBegin(test) {
        stuck = setTimeout(() => void worker[Symbol.asyncDispose](), stuckMs);
        record.begin(test);
      },
      onTestEnd(test, result) {
        clearTimeout(stuck);
        record.end(test, result);
      },
      lease: record.lease,
      async takePicture() {
        if (guests.current === undefined) throw new GuestLost('the guest is gone');
        return await guests.current.run.takePicture();
      },
      async call(method, params, timeoutMs) {
        if (guests.current === undefined) throw new GuestLost('the guest is gone');
        return await guests.current.run.channel.call(method, params, timeoutMs);
      },
    },
  );
  void worker.ended.then(() => clearTimeout(stuck));
  return worker;
}
