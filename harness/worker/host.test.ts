import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { testCell } from '../matrix/testing/test-cell.ts';
import { GuestLost } from './guest-lost.ts';
import { spawnWorker, type WorkerHandlers } from './host.ts';
import type { WorkerStart } from './messages.ts';

const START: WorkerStart = {
  type: 'start',
  cell: testCell(),
  facts: {
    ...{ release: '6.12.0', cmdline: '', cpus: 1, memoryMib: 256, cgroup: 'v2' },
    ...{ controllers: [], v1Mounts: {}, v2Controllers: [], disagreements: [] },
  },
  scenarioFiles: [],
  scenarioRoot: '/scenarios',
  limits: {
    ...{ bootTimeoutMs: 1000, callTimeoutMs: 1000, testTimeoutMs: 1000 },
    ...{ settleTimeoutMs: 1000, healthTimeoutMs: 1000, leaseGraceMs: 1000 },
  },
};
const lost = () => Promise.reject(new GuestLost('there is no guest'));
const HANDLERS: WorkerHandlers = {
  onTests: () => {},
  onModules: () => {},
  onTestBegin: () => {},
  onTestEnd: () => {},
  onCall: () => {},
  onBeforeCall: async () => {},
  onFailure: async () => {},
  ...{ lease: lost, takePicture: lost, call: lost },
};

describe('a worker process', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-worker-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('that was killed before it was to begin has ended', async () => {
    const worker = spawnWorker(join(folder, 'worker.log'));
    worker.kill();
    while (worker.kill()) await sleep(10);
    const end = await worker.start(START, HANDLERS).ended;
    expect(end).to.deep.equal({ isDone: false, how: 'signal SIGKILL' });
  });

  it('that was killed while it ran has ended, and is told nothing more', async () => {
    const worker = spawnWorker(join(folder, 'worker.log'));
    const host = worker.start(START, HANDLERS);
    worker.kill();
    for (let guest = 1; guest < 100; guest += 1) host.lose(guest);
    expect(await host.ended).to.include({ isDone: false });
    host.lose(100);
  });

  it('that has no tests is done at once', async () => {
    await using host = spawnWorker(join(folder, 'worker.log')).start(START, HANDLERS);
    expect(await host.ended).to.include({ isDone: true });
  });
});
