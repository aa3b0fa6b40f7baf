import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOOTS, type HostFacts, type RunEvent } from '../events.ts';
import type { Machine } from '../machine/machine.ts';
import { selectCells } from '../matrix/select.ts';
import type { GuestBinaries } from '../prepare/prepare-cell.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createJunitReporter } from '../reporters/junit.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { runPlan } from '../run/run-plan.ts';
import { scaleLimits } from '../run/scaled-limits.ts';
import { breakKernel } from './broken-kernel.ts';
import { caseMatrixText, parseCaseMatrix } from './case-matrix.ts';
import { type Judgement, judgeGuestCase } from './judge-guest-case.ts';
import type { GuestCase, HostDeed, SelftestHost } from './selftest-case.ts';
import { type WatchedMachine, watchMachine } from './watched-machine.ts';

export interface GuestCaseOrder {
  readonly host: SelftestHost;
  readonly facts: HostFacts;
  /** A machine for guests, with so much address space for its process if that is limited. */
  readonly createMachine: (machineMib: number | undefined) => Promise<Machine>;
  readonly binaries: GuestBinaries;
  readonly saboteur: string;
  readonly cacheRoot: string;
  /** The case's own folder; made here. */
  readonly folder: string;
  readonly jobs: number;
  readonly signal: AbortSignal;
}

const SCENARIOS = fileURLToPath(new URL('scenarios', import.meta.url));
/** What a cut log has beyond its limit: the note that says so. */
const NOTE_BYTES = 200;

/** Runs the case as `kmx run` would, but for what is broken, and judges the report. */
export async function runGuestCase(item: GuestCase, order: GuestCaseOrder): Promise<Judgement> {
  const { folder, host, saboteur, signal } = order;
  const { setting, until, name } = item;
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'matrix.yaml');
  const text = caseMatrixText(setting, host.kernel, saboteur);
  await writeFile(file, text);
  const matrix = parseCaseMatrix(text, file);
  const machine = watchMachine(await order.createMachine(setting.machineMib));
  const kernel =
    setting.kernel === undefined
      ? host.kernel
      : await breakKernel(setting.kernel, host.kernel, folder);
  const fold = createReportFold();
  const reporters = groupReporters([
    { onEvent: fold.push },
    createEventLog(folder),
    createJsonReporter(folder),
    createJunitReporter(folder),
    { onEvent: (event) => doHostDeed(setting.hostDeed, event, machine) },
  ]);
  const { accelerator, cpus } = order.facts;
  const limits = scaleLimits(matrix.limits, { accelerator, jobs: order.jobs, cpus });
  await runPlan({
    run: name,
    folder,
    matrix,
    plan: selectCells(matrix),
    scenarioRoot: SCENARIOS,
    scenarioFiles: until === 'boots' ? [] : await findSpecs(),
    testFilter: name,
    machine,
    kernels: new Map([['kernel', kernel]]),
    cacheRoot: order.cacheRoot,
    guestBinaries: {
      ...order.binaries,
      workload: saboteur,
      ...(setting.firstProcess === undefined ? {} : { init: saboteur }),
    },
    host: order.facts,
    jobs: 1,
    limits,
    emit: reporters.onEvent,
    signal,
  });
  const report = fold.report();
  reporters.onEnd(report);
  const judgement = judgeGuestCase(item, report);
  const traces = [
    ...reporters.failures.map(({ message }) => `a reporter failed: ${message}`),
    ...machine.alive().map((pid) => `QEMU ${pid} was left behind`),
    ...(await findLongLogs(folder, limits.consoleBytes)),
  ];
  return { ...judgement, problems: [...judgement.problems, ...traces] };
}

async function findSpecs(): Promise<readonly string[]> {
  const files = await readdir(SCENARIOS);
  return files.filter((file) => file.endsWith('.spec.ts')).map((file) => join(SCENARIOS, file));
}

function doHostDeed(
  deed: HostDeed | undefined,
  event: RunEvent,
  { instances }: WatchedMachine,
): void {
  const instance = instances.at(-1);
  if (deed === undefined || instance === undefined) return;
  if (event.type !== 'test-begin' || event.test.file === BOOTS.file) return;
  if (deed === 'cut-channel') instance.control.destroy();
  else process.kill(instance.pid, deed === 'kill-machine' ? 'SIGKILL' : 'SIGSTOP');
}

/** Whatever a guest prints, it must not fill the disk. */
async function findLongLogs(folder: string, bytesMax: number): Promise<readonly string[]> {
  const entries = await readdir(join(folder, 'cells'), { recursive: true, withFileTypes: true });
  const logs = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.log'));
  const problems: string[] = [];
  for (const { parentPath, name } of logs) {
    const path = join(parentPath, name);
    const { size } = await stat(path);
    if (size <= bytesMax + NOTE_BYTES) continue;
    problems.push(`${relative(folder, path)} has ${size} bytes, more than ${bytesMax}`);
  }
  return problems;
}
