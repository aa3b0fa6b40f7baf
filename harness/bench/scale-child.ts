/** A process that measures one thing for `scale.ts` and sends it over IPC. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { compare as compareColumns } from '../cli/compare.ts';
import { formatContext } from '../cli/format-context.ts';
import { list } from '../cli/list.ts';
import { loadMatrix } from '../cli/load-matrix.ts';
import { type RunBegin, streamEvents } from '../cli/run-log.ts';
import { select } from '../cli/selection.ts';
import type { RunEvent } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { createReportFold } from '../report/fold-report.ts';
import { DEFAULT_FORMATS } from '../reporters/format.ts';
import { createFormatReporter, loadFormat } from '../reporters/formats.ts';
import { renderSummary } from '../reporters/summary.ts';
import type { Measured } from './scale.ts';
import { writeScaleLogs } from './scale-events.ts';
import { makeScaleMatrix } from './scale-matrix.ts';

const PROFILE = 'nightly';
const KB_A_MB = 1000;

const [what = '', size = '', folder = ''] = process.argv.slice(2);
const file = join(folder, 'matrix.yaml');
const logs = join(folder, 'logs');
let jsonMs: number | undefined;
const phases: Readonly<Record<string, () => number | Promise<number>>> = {
  plan,
  logs: writeLogs,
  report,
  compare,
};

const phase = phases[what];
if (phase === undefined) throw new Error(`Expected a phase to measure, found '${what}'`);
if (what === 'plan') writeFileSync(file, makeScaleMatrix(Number(size)).text);
const beginMs = performance.now();
const cells = await phase();
// Only this thread, which is what users wait for; garbage collection runs in parallel.
const { user, system } = process.threadCpuUsage();
process.send?.({
  cells,
  ms: performance.now() - beginMs,
  ...omitUndefined({ jsonMs }),
  cpuMs: (user + system) / 1000,
  peakMb: process.resourceUsage().maxRSS / KB_A_MB,
} satisfies Measured);

/** As in `kmx list`. */
function plan(): number {
  list({ matrix: file, profile: PROFILE });
  return makeScaleMatrix(Number(size)).cells;
}

function writeLogs(): number {
  const { plan: selected } = select(loadMatrix(file), { profile: PROFILE });
  writeScaleLogs(logs, selected.cells);
  return selected.cells.length;
}

/** Writes what a run writes unless it is told otherwise, from the logs of its shards. */
async function report(): Promise<number> {
  const formats = await Promise.all(DEFAULT_FORMATS.map(loadFormat));
  const fold = createReportFold();
  for (const event of mergeLogs(readdirSync(logs).map((name) => join(logs, name)))) {
    fold.push(event);
  }
  const whole = fold.report();
  const context = formatContext(folder, process.env);
  // report.json first, which is measured by itself.
  for (const format of formats.toSorted(
    (one, other) => Number(other.name === 'json') - Number(one.name === 'json'),
  )) {
    createFormatReporter(format, folder, context).onEnd?.(whole);
    if (format.name === 'json') jsonMs = performance.now() - beginMs;
  }
  const colors = picocolors.createColors(false);
  process.stdout.write(
    renderSummary(whole, {
      colors,
      width: 200,
      folder,
      resume: '',
      command: (words) => words.join(' '),
    }),
  );
  return whole.cells.length;
}

/** As in `kmx compare`: all kernels' cells of one mode with those of the other. */
async function compare(): Promise<number> {
  await compareColumns([], {
    ...{ matrix: file, out: folder, from: join(folder, 'report.json') },
    by: 'cgroup',
  });
  return makeScaleMatrix(Number(size)).cells;
}

/** The events of one run with the cells of all shards: from the first begin to the last end. */
function* mergeLogs(files: readonly string[]): Generator<RunEvent> {
  const begins = files.flatMap(beginOf);
  const [first] = begins;
  if (first === undefined) throw new Error('Expected logs to merge');
  yield { ...first, cells: begins.flatMap((begin) => begin.cells) };
  let end: RunEvent | undefined;
  for (const log of files) {
    for (const event of streamEvents(log)) {
      if (event.type === 'run-end') end = event;
      else if (event.type !== 'run-begin') yield event;
    }
  }
  if (end !== undefined) yield end;
}

function beginOf(log: string): readonly RunBegin[] {
  for (const event of streamEvents(log)) return event.type === 'run-begin' ? [event] : [];
  return [];
}
