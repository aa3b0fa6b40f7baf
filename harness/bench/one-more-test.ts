import { type Figure, median, seconds } from './figure.ts';
import { makeBenchFolder, timeKmxRun, writeBenchMatrix } from './kmx-command.ts';
import type { BenchContext } from './section.ts';

/** Scenarios with five tests, and with five more. */
const FIVE = ['stats/**', 'update/**', 'freezer/**'];
const TEN = [...FIVE, 'pids/**', 'memory/**'];
const TESTS_MORE = 5;

/** What one more test costs in a cell that runs anyway. The two commands take turns. */
export async function measureOneMoreTest(context: BenchContext): Promise<Figure[]> {
  const { kernel, rounds } = context;
  await using folder = await makeBenchFolder();
  const matrix = await writeBenchMatrix(folder, (document) => ({
    ...document,
    profiles: {
      five: { description: 'five tests of one cell', select: [selectionOf(kernel, FIVE)] },
      ten: { description: 'ten tests of the same cell', select: [selectionOf(kernel, TEN)] },
    },
  }));
  const five: number[] = [];
  const ten: number[] = [];
  for (let round = 0; round < rounds; round++) {
    five.push((await timeKmxRun(folder, matrix, ['--profile', 'five'])).ms);
    ten.push((await timeKmxRun(folder, matrix, ['--profile', 'ten'])).ms);
  }
  const note = `median of ${rounds}, ${kernel}, one cell, command to verdict`;
  const each = (median(ten) - median(five)) / TESTS_MORE;
  return [
    { name: '5 tests', value: seconds(median(five)), unit: 's', note },
    { name: '10 tests', value: seconds(median(ten)), unit: 's', note },
    {
      name: 'one more test',
      value: seconds(each),
      unit: 's',
      note: 'including what it does itself',
    },
  ];
}

function selectionOf(kernel: string, scenarios: readonly string[]) {
  return { kernel, config: 'default', cgroup: 'v2', agent: 'guarded', scenarios };
}
