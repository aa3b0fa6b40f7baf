import { readdir, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import type { LiveGuest } from '../live-guest/live-guest.ts';
import type { TemplateMachine } from '../machine/machine.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { CellTemplates } from '../run/templates/cell-templates.ts';
import { describeFailure } from '../run/templates/describe-failure.ts';
import { type Figure, median, ratio, seconds, twoDigits } from './figure.ts';
import { type BenchGuest, prepareGuest } from './guest-boots.ts';
import { readMemory } from './memory.ts';
import { openNewCell } from './new-cell.ts';
import type { BenchContext } from './section.ts';

const IN_A_ROW = 200;
const AT_ONCE = 8;
const MIB = 1024 * 1024;

/** Makes a template, and restores it many times in a row and several times at once. */
export async function measureRestore({ cacheRoot, kernel }: BenchContext): Promise<Figure[]> {
  await using guest = await prepareGuest(kernel, cacheRoot);
  const bench = await openRestoreBench(guest);
  const before = await countLeft();
  const restores: Restored[] = [];
  for (let round = 0; round < IN_A_ROW; round++) {
    const { up, ...times } = await bench.restore();
    await up.end();
    restores.push(times);
  }
  const beginMs = performance.now();
  const together = await Promise.all(Array.from({ length: AT_ONCE }, bench.restore));
  const togetherMs = performance.now() - beginMs;
  const memory = await Promise.all(bench.pids().slice(-AT_ONCE).map(readMemory));
  await Promise.all(together.map(({ up }) => up.end()));
  const left = await countLeft();
  const note = `median of ${IN_A_ROW} in a row, ${kernel}, ${guest.accelerator}`;
  const health = restores.map(({ healthyMs }) => healthyMs).toSorted((one, other) => one - other);
  const figures: Figure[] = [
    {
      name: 'a new cell: booted, saved twice, healthy',
      value: seconds(bench.coldMs),
      unit: 's',
      note: 'and goes on as the first guest',
    },
    timeOf(
      'restored: it runs',
      restores.map(({ runningMs }) => runningMs),
      note,
    ),
    timeOf('restored: its agent has answered', health, note),
    timeOf('restored: the slowest of 20', [health[Math.floor(IN_A_ROW * 0.95)] ?? 0]),
    ratio('a new cell / restored', bench.coldMs, median(health)),
    timeOf(`${AT_ONCE} at once: all have answered`, [togetherMs]),
    {
      name: `each of ${AT_ONCE} restored guests: its share of memory (PSS)`,
      value: twoDigits(memory.reduce((sum, { pssMib }) => sum + pssMib, 0) / AT_ONCE),
      unit: 'MiB',
      note: `${guest.spec.memoryMib} MiB each`,
    },
    ...(await bench.sizes()),
    {
      name: 'left behind: descriptors, folders, processes',
      value: left - before,
      unit: 'of them',
      note: `after ${IN_A_ROW + AT_ONCE} guests, none of which failed`,
    },
  ];
  return figures;
}

function timeOf(name: string, times: readonly number[], note?: string): Figure {
  const value = Math.round(median(times));
  return { name, value, unit: 'ms', ...omitUndefined({ note }) };
}

interface Restored {
  readonly runningMs: number;
  readonly healthyMs: number;
}

async function openRestoreBench(guest: BenchGuest) {
  const restores: Running[] = [];
  const cacheRoot = join(guest.folder, 'cache');
  const { coldMs, templates } = await openNewCell(guest, cacheRoot, (machine) =>
    watchRestores(machine, restores),
  );
  return {
    coldMs,
    restore: () => restoreOnce(templates, restores),
    pids: () => restores.map(({ pid }) => pid),
    sizes: () => sizesOf(join(cacheRoot, 'templates')),
  };
}

interface Running {
  readonly pid: number;
  readonly sinceMs: number;
}

/** Records when each restored guest is running. */
function watchRestores(machine: TemplateMachine, restores: Running[]): TemplateMachine {
  return {
    ...machine,
    async restore(...at) {
      const instance = await machine.restore(...at);
      restores.push({ pid: instance.pid, sinceMs: performance.now() });
      return instance;
    },
  };
}

/** `runningMs` is only right for guests that are restored one after the other. */
async function restoreOnce(
  templates: CellTemplates,
  restores: readonly Running[],
): Promise<Restored & { readonly up: LiveGuest }> {
  const beginMs = performance.now();
  const up = await templates.restore(new AbortController().signal);
  if (up.kind === 'failed') {
    const output = describeFailure(up);
    throw new InfraError('a guest could not be restored', { code: 'BENCH', output });
  }
  const runningMs = (restores.at(-1)?.sinceMs ?? beginMs) - beginMs;
  return { runningMs, healthyMs: performance.now() - beginMs, up };
}

/** Disk usage: sparse files take less than their length. */
async function sizesOf(folder: string): Promise<Figure[]> {
  const names = await readdir(folder);
  return await Promise.all(
    names.map(async (name): Promise<Figure> => {
      const files = await readdir(join(folder, name), { recursive: true });
      const blocks = await Promise.all(
        files.map(async (file) => (await stat(join(folder, name, file))).blocks),
      );
      const level = name.includes('-L1-') ? 'L1, init ready' : 'L2, agent healthy';
      const bytes = blocks.reduce((sum, each) => sum + each * 512, 0);
      return { name: `disk: template ${level}`, value: twoDigits(bytes / MIB), unit: 'MiB' };
    }),
  );
}

/**
 * Counts what a guest that was not cleaned up would leave: our descriptors, its folder, its
 * process.
 */
async function countLeft(): Promise<number> {
  const descriptors = await readdir('/proc/self/fd');
  const folders = (await readdir(tmpdir())).filter((name) => name.startsWith('kmx-'));
  const children = await readFile(`/proc/self/task/${process.pid}/children`, 'utf8');
  return descriptors.length + folders.length + children.split(' ').length;
}
