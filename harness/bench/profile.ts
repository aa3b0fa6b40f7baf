import { mkdir, symlink } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { openFetchDisplay } from '../cli/fetch-display.ts';
import { loadMatrix } from '../cli/load-matrix.ts';
import { select } from '../cli/selection.ts';
import { InfraError } from '../errors.ts';
import { resolveKernels } from '../prepare/run-inputs.ts';
import { type Figure, ratio, seconds } from './figure.ts';
import { makeBenchFolder, PROJECT_MATRIX, type TimedRun, timeKmxRun } from './kmx-command.ts';
import type { BenchContext } from './section.ts';

/** Fetched, not made: how long that takes says nothing about kmx. */
const FETCHED = ['apt', 'kernels'];

/**
 * The whole quick profile, as `npm start` runs it: first with only fetched kernels in the cache,
 * then with what that run has cached, then with results reused, since nothing has changed.
 */
export async function measureProfile({ cacheRoot }: BenchContext): Promise<Figure[]> {
  await using folder = await makeBenchFolder();
  await fetchKernels(cacheRoot);
  const ownCache = join(folder.path, 'cache');
  await mkdir(ownCache);
  for (const name of FETCHED) await symlink(join(cacheRoot, name), join(ownCache, name));
  const run = (isCached: boolean) => {
    const setting = { environment: { KMX_CACHE: ownCache }, isCached };
    return timeKmxRun(folder, PROJECT_MATRIX, ['--offline'], setting);
  };
  const cold = await run(false);
  const warm = await run(false);
  const unchanged = await run(true);
  const ideal = warm.guestMs / availableParallelism();
  return [
    figureOf('quick profile, cold cache', cold),
    figureOf('quick profile, warm', warm),
    figureOf('quick profile, unchanged', unchanged),
    ratio('cold / warm', cold.ms, warm.ms),
    ratio('unchanged / warm', unchanged.ms, warm.ms),
    {
      name: 'time of tests and restores / CPUs, warm',
      value: seconds(ideal),
      unit: 's',
      note: 'the minimum if nothing else took time',
    },
    ratio('warm / that', warm.ms, ideal),
    {
      name: 'tests a minute, warm',
      value: Math.round((warm.tests / warm.ms) * 60_000),
      unit: 'tests/min',
      note: 'of the quick profile',
    },
  ];
}

function figureOf(name: string, { ms, cells, guests, tests }: TimedRun): Figure {
  const note = `${cells} cells, ${guests} guests, ${tests} tests`;
  return { name, value: seconds(ms), unit: 's', note };
}

async function fetchKernels(cacheRoot: string): Promise<void> {
  const matrix = loadMatrix(PROJECT_MATRIX);
  const { plan } = select(matrix, {});
  using fetches = await openFetchDisplay(process.stderr, process.env);
  const { onProgress } = fetches;
  for (const kernel of (await resolveKernels(matrix, plan, { cacheRoot, onProgress })).values()) {
    if (kernel instanceof InfraError) throw kernel;
  }
}
