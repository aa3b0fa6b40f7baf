/** The tests of a cell, as a worker lists them; no guest is started. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { UsageError } from '../../errors.ts';
import type { GuestFacts, TestId } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import { isInCell } from '../../matrix/scenarios-of-cell.ts';
import { GuestLost } from '../../worker/guest-lost.ts';
import { spawnWorker } from '../../worker/host.ts';
import { findScenarios, scenarioRoot } from '../project.ts';

const FACTS: GuestFacts = {
  ...{ release: '', cmdline: '', cpus: 1, memoryMib: 0, cgroup: 'v2' },
  ...{ controllers: [], v1Mounts: {}, v2Controllers: [], disagreements: [] },
};
/** Nothing runs. */
const LIMIT_MS = 60_000;
const LIMITS = {
  ...{ bootTimeoutMs: LIMIT_MS, callTimeoutMs: LIMIT_MS, testTimeoutMs: LIMIT_MS },
  ...{ settleTimeoutMs: LIMIT_MS, healthTimeoutMs: LIMIT_MS, leaseGraceMs: LIMIT_MS },
};

/** Rejects with a UsageError if the scenarios cannot be loaded. */
export async function listTests(cell: Cell): Promise<readonly TestId[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-list-'));
  const log = join(folder, 'worker.log');
  const lost = () => Promise.reject(new GuestLost('only the names of tests are asked for'));
  const listed = Promise.withResolvers<readonly TestId[]>();
  try {
    const files = findScenarios([cell]);
    await using worker = spawnWorker(log).start(
      {
        ...{ type: 'start', cell, facts: FACTS, scenarioRoot, limits: LIMITS },
        scenarioFiles: files.filter((file) => isInCell(cell, relative(scenarioRoot, file))),
        // None of them runs.
        wanted: [],
      },
      {
        onTests: (_tests, all) => listed.resolve(all),
        ...{ onModules: () => {}, onTestBegin: () => {}, onTestEnd: () => {}, onCall: () => {} },
        ...{ onBeforeCall: async () => {}, onFailure: async () => {} },
        ...{ lease: lost, takePicture: lost, call: lost },
      },
    );
    const ended = worker.ended.then(async ({ how }) => {
      throw new UsageError(`the scenarios cannot be loaded: ${how}`, {
        code: 'SCENARIOS_BROKEN',
        output: (await readFile(log, 'utf8').catch(() => '')).trim(),
      });
    });
    ended.catch(() => {});
    return await Promise.race([listed.promise, ended]);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
