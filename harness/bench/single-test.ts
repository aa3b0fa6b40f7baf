import { type Figure, median, seconds } from './figure.ts';
import { makeBenchFolder, PROJECT_MATRIX, type TimedRun, timeKmxRun } from './kmx-command.ts';
import type { BenchContext } from './section.ts';

const TEST = ':runs a program and reports its exit code';

/** How long a developer waits who runs one test, with a guest saved by an earlier run. */
export async function measureSingleTest({ kernel, rounds }: BenchContext): Promise<Figure[]> {
  await using folder = await makeBenchFolder();
  const words = ['--only', kernel, 'v2', 'default', 'guarded', TEST];
  const run = () => timeKmxRun(folder, PROJECT_MATRIX, words);
  await run();
  const runs: TimedRun[] = [];
  for (let round = 0; round < rounds; round++) runs.push(await run());
  const note = `median of ${rounds}, ${kernel}`;
  return [
    {
      name: 'one test, command to verdict',
      value: seconds(median(runs.map(({ ms }) => ms))),
      unit: 's',
      note,
    },
    {
      name: 'of which the guest',
      value: seconds(median(runs.map(({ guestMs }) => guestMs))),
      unit: 's',
      note: 'restoring it, a health call, and the test',
    },
  ];
}
