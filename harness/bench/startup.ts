/** How long our own code takes to start, which a user waits for before anything happens. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { listScenarios, scenarioRoot } from '../cli/project.ts';
import { GuestLost } from '../worker/guest-lost.ts';
import { spawnWorker } from '../worker/host.ts';
import type { WorkerStart } from '../worker/messages.ts';
import { type Figure, median } from './figure.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const KMX = join(ROOT, 'scripts/kmx');
const ROUNDS = 9;
const CONFIG = 'harness/needs/testdata/kernels/6.12.117+deb12-cloud-amd64.config';
const KERNEL = 'debian-6.12';

/**
 * Times the command as a user types it, set-up checks included, and a worker until it lists its
 * tests.
 */
export async function measureStartup(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    return [
      await figureOf('kmx --help', () => timeKmx('--help')),
      await figureOf('kmx list', () => timeKmx('list', '--profile', 'nightly')),
      await figureOf('kmx check, a configuration', () => timeCheck(CONFIG)),
      await figureOf('kmx check, a kernel of the matrix', () => timeCheck(KERNEL)),
      await figureOf('a worker has listed its tests', () => timeWorker(join(folder, 'worker.log'))),
    ];
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function figureOf(name: string, time: () => Promise<number>): Promise<Figure> {
  // Fills the cache of compiled code.
  await time();
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) times.push(await time());
  return { name, value: Math.round(median(times)), unit: 'ms', note: `median of ${ROUNDS}` };
}

async function timeKmx(...words: readonly string[]): Promise<number> {
  const beginMs = performance.now();
  await execa(KMX, words, { cwd: ROOT, stdin: 'ignore' });
  return performance.now() - beginMs;
}

/** Nothing is missing on v2, so that its exit code is 0. */
function timeCheck(kernel: string): Promise<number> {
  return timeKmx('check', kernel, '--agent', 'kata', '--cgroup', 'v2');
}

/** From spawning a worker until it has listed all scenarios' tests; without guests it ends soon. */
async function timeWorker(logFile: string): Promise<number> {
  const lost = (): Promise<never> => Promise.reject(new GuestLost('there is no guest'));
  let readyMs: number | undefined;
  const beginMs = performance.now();
  await using worker = spawnWorker(logFile).start(START, {
    onTests: () => {
      readyMs = performance.now() - beginMs;
    },
    onModules: () => {},
    onTestBegin: () => {},
    onTestEnd: () => {},
    onCall: () => {},
    onBeforeCall: async () => {},
    onFailure: async () => {},
    lease: lost,
    takePicture: lost,
    call: lost,
  });
  const { how } = await worker.ended;
  if (readyMs === undefined) throw new Error(`The worker ended without listing its tests: ${how}`);
  return readyMs;
}

const LIMIT_MS = 10_000;

const START: WorkerStart = {
  type: 'start',
  cell: {
    id: 'bench',
    kernel: 'none',
    config: 'default',
    cgroup: 'v2',
    agent: 'guarded',
    machine: 'qemu',
    machineKind: 'qemu',
    agentKind: 'reference',
  },
  facts: {
    release: '0.0.0',
    cmdline: '',
    cpus: 1,
    memoryMib: 256,
    cgroup: 'v2',
    controllers: [],
    v1Mounts: {},
    v2Controllers: [],
    disagreements: [],
  },
  scenarioFiles: listScenarios().map((file) => join(scenarioRoot, file)),
  scenarioRoot,
  limits: {
    bootTimeoutMs: LIMIT_MS,
    callTimeoutMs: LIMIT_MS,
    testTimeoutMs: LIMIT_MS,
    settleTimeoutMs: LIMIT_MS,
    healthTimeoutMs: LIMIT_MS,
    leaseGraceMs: LIMIT_MS,
  },
};
