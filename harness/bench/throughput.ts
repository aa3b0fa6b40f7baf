import { availableParallelism } from 'node:os';
import { type Figure, ratio } from './figure.ts';
import { type BenchFolder, makeBenchFolder, timeKmxRun, writeBenchMatrix } from './kmx-command.ts';

/** Two kernels, both cgroup modes, both agents. */
const CELLS = 8;
const SELECTION = {
  kernel: ['debian-6.1', 'debian-6.12'],
  config: 'default',
  cgroup: ['v1', 'v2'],
  scenarios: ['lifecycle/**'],
};

/** The same cells and tests with one job, with two, and with as many as the host has CPUs. */
export async function measureThroughput(): Promise<Figure[]> {
  await using folder = await makeBenchFolder();
  const matrix = await writeBenchMatrix(folder, (document) => ({
    ...document,
    profiles: { throughput: { description: 'the lifecycle of containers', select: [SELECTION] } },
  }));
  const figures: Figure[] = [];
  for (const jobs of new Set([1, 2, Math.min(availableParallelism(), CELLS)])) {
    figures.push(await measureJobs(folder, matrix, jobs));
  }
  const [one, ...more] = figures;
  return [...figures, ...more.map((figure) => compare(figure, one))];
}

async function measureJobs(folder: BenchFolder, matrix: string, jobs: number): Promise<Figure> {
  const options = ['--profile', 'throughput', '--jobs', `${jobs}`];
  const { ms, cells, tests } = await timeKmxRun(folder, matrix, options);
  return {
    name: `tests a minute, --jobs ${jobs}`,
    value: Math.round((tests / ms) * 60_000),
    unit: 'tests/min',
    note: `${tests} tests in ${cells} cells, including boots`,
  };
}

function compare({ name, value }: Figure, one: Figure | undefined): Figure {
  return ratio(`${name} / --jobs 1`, value, one?.value ?? Number.NaN);
}
