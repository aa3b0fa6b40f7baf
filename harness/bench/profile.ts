import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { type RunReport, reportSchema } from '../report/schema.ts';
import { type Figure, seconds } from './figure.ts';

const KMX = fileURLToPath(new URL('../../scripts/kmx', import.meta.url));

/** The whole quick profile, as `npm start` runs it, with kernels and binaries in the cache. */
export async function measureProfile(): Promise<Figure[]> {
  const out = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    const { ms, report } = await measureRun(out, ['--no-cache']);
    const again = await measureRun(out, []);
    const cached = again.report.cells.flatMap((cell) =>
      cell.tests.filter((test) => test.cached !== undefined),
    );
    const guests = report.cells.reduce((sum, cell) => sum + cell.guests.length, 0);
    const tests = report.cells.flatMap((cell) =>
      cell.tests.filter(({ verdict }) => verdict !== 'skip'),
    );
    return [
      {
        name: 'quick profile, warm',
        value: seconds(ms),
        unit: 's',
        note: `${report.cells.length} cells, ${guests} guests, ${tests.length} tests`,
      },
      {
        name: 'the same again, nothing changed',
        value: seconds(again.ms),
        unit: 's',
        note: `${cached.length} tests cached`,
      },
      {
        name: 'tests a minute',
        value: Math.round((tests.length / ms) * 60_000),
        unit: 'tests/min',
        note: 'of the quick profile',
      },
    ];
  } finally {
    await rm(out, { recursive: true });
  }
}

async function measureRun(
  out: string,
  options: readonly string[],
): Promise<{ readonly ms: number; readonly report: RunReport }> {
  const beginMs = performance.now();
  await execa(KMX, ['run', '--out', out, ...options], { reject: false, stdin: 'ignore' });
  const ms = performance.now() - beginMs;
  const text = await readFile(join(out, 'latest/report.json'), 'utf8');
  return { ms, report: reportSchema.parse(JSON.parse(text)) };
}
