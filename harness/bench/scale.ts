/** The cost of matrices with many cells: their plans and reports, each in a process of its own. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaNode } from 'execa';
import { z } from 'zod';
import { type Figure, seconds } from './figure.ts';

const SIZES = [1000, 10_000, 100_000];
const CHILD = fileURLToPath(new URL('scale-child.ts', import.meta.url));

/** Three tests a cell. */
const COMPARED_CELLS = 33_400;

/** What a child measures of itself. */
const measured = z.strictObject({
  cells: z.int(),
  ms: z.number(),
  /** The part of `ms` until report.json was written. */
  jsonMs: z.exactOptional(z.number()),
  cpuMs: z.number(),
  peakMb: z.number(),
});
export type Measured = z.output<typeof measured>;

/** Needs some 2 GB of disk space for logs and reports while it runs. */
export async function measureScale(): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const size of SIZES) {
    const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
    try {
      // In this order: `plan` writes the matrix that `logs` reads, and `report` reads the logs.
      figures.push(...(await measureChild('plan', size, folder)));
      await runChild('logs', size, folder);
      figures.push(...(await measureChild('report', size, folder)));
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  return [...figures, ...(await measureCompare())];
}

/** 100,000 tests, read from report.json. */
async function measureCompare(): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    for (const what of ['plan', 'logs', 'report']) await runChild(what, COMPARED_CELLS, folder);
    return await measureChild('compare', COMPARED_CELLS, folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const NAMES = { plan: 'plan', report: 'all reports', compare: 'comparison' } as const;

async function measureChild(
  what: keyof typeof NAMES,
  size: number,
  folder: string,
): Promise<Figure[]> {
  const { cells, ms, jsonMs, cpuMs, peakMb } = measured.parse(await runChild(what, size, folder));
  const name = `${NAMES[what]} of ${cells} cells`;
  const note = `${seconds(cpuMs)} s of CPU time, start included`;
  const json = `report.json of ${cells} cells`;
  return [
    ...(jsonMs === undefined
      ? []
      : [{ name: json, value: seconds(jsonMs), unit: 's', note: 'merged and written' } as const]),
    { name, value: seconds(ms), unit: 's', note },
    { name: `${name}, peak memory`, value: Math.round(peakMb), unit: 'MB' },
  ];
}

/** Its printing is part of what is measured; the output is dropped. */
async function runChild(what: string, size: number, folder: string): Promise<unknown> {
  const child = execaNode(CHILD, [what, String(size), folder], {
    stdin: 'ignore',
    stdout: 'ignore',
    nodeOptions: ['--disable-warning=ExperimentalWarning'],
  });
  const [message] = await Promise.all([child.getOneMessage(), child]);
  return message;
}
