/** How long a report's page takes to be written, and to be opened and filtered in Chromium. */
import { statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { formatContext } from '../cli/format-context.ts';
import { InfraError } from '../errors.ts';
import { launchBrowser } from '../pages/testing/browser.ts';
import { createFormatReporter } from '../reporters/formats.ts';
import { loadPageFormat } from '../reporters/page-format.ts';
import { type Figure, median, seconds } from './figure.ts';
import { makePageRun, writePageLogs } from './page-run.ts';
import type { BenchContext } from './section.ts';

const TESTS = 10_000;
const MANY_TESTS = 100_000;
const MB = 1_000_000;

export async function measurePage({ rounds }: BenchContext): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kmx-bench-'));
  try {
    const written = await measureWriting(folder, TESTS, rounds);
    const shown = await measureShowing(join(folder, 'index.html'), rounds);
    return [...written, ...shown, ...(await measureWriting(folder, MANY_TESTS, 1))];
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The logs of more tests than the page can show are left out, too: they have none here. */
async function measureWriting(folder: string, tests: number, rounds: number): Promise<Figure[]> {
  const format = await loadPageFormat();
  const report = makePageRun(tests);
  if (tests === TESTS) writePageLogs(folder, report);
  const reporter = createFormatReporter(format, folder, formatContext(folder, process.env));
  const times: number[] = [];
  const cpuTimes: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const [beginMs, beginCpu] = [performance.now(), process.threadCpuUsage()];
    reporter.onEnd?.(report);
    times.push(performance.now() - beginMs);
    const { user, system } = process.threadCpuUsage(beginCpu);
    cpuTimes.push((user + system) / 1000);
  }
  const note = `${seconds(median(cpuTimes))} s of CPU time`;
  const bytes = statSync(join(folder, 'index.html')).size;
  return [
    { name: `page of ${tests} tests, written`, value: seconds(median(times)), unit: 's', note },
    { name: `page of ${tests} tests`, value: Math.round(bytes / MB), unit: 'MB' },
  ];
}

/** From the address until everything can be used; from a choice until what it leaves is painted. */
async function measureShowing(file: string, rounds: number): Promise<Figure[]> {
  const browser = await launch();
  try {
    const opened: number[] = [];
    const filtered: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const page = await browser.newPage();
      const beginMs = performance.now();
      await page.goto(pathToFileURL(file).href);
      await page.evaluate(PAINTED);
      opened.push(performance.now() - beginMs);
      filtered.push(await page.evaluate<number>(FILTER));
      await page.close();
    }
    return [
      { name: `page of ${TESTS} tests, opened`, value: seconds(median(opened)), unit: 's' },
      {
        name: `page of ${TESTS} tests, filtered`,
        value: seconds(median(filtered)),
        unit: 's',
        note: 'the first time',
      },
    ];
  } finally {
    await browser.close();
  }
}

async function launch(): ReturnType<typeof launchBrowser> {
  try {
    return await launchBrowser();
  } catch (cause) {
    throw new InfraError('Chromium cannot be started', {
      code: 'NO_BROWSER',
      remedy: 'run scripts/setup tests',
      cause,
    });
  }
}

const PAINTED = 'new Promise((done) => requestAnimationFrame(() => setTimeout(done)))';

const FILTER = `(async () => {
  const search = document.getElementById('search');
  const begin = performance.now();
  search.value = 'quota';
  search.dispatchEvent(new Event('input', { bubbles: true }));
  await ${PAINTED};
  return performance.now() - begin;
})()`;
