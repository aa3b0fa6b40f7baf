import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BOOTS, type HostFacts, type RunEvent } from '../events.ts';
import type { Machine } from '../machine/machine.ts';
import type { Machines } from '../machine/machines.ts';
import type { MachineKind } from '../matrix/cell.ts';
import type { Isolation } from '../matrix/isolation.ts';
import type { Limits } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { selectCells } from '../matrix/select.ts';
import type { GuestBinaries } from '../prepare/prepare-cell.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { createJsonReporter } from '../reporters/json.ts';
import { createJunitReporter } from '../reporters/junit.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { type RunPlanOptions, runPlan } from '../run/run-plan.ts';
import { breakKernel } from './broken-kernel.ts';
import { caseMatrixText, parseCaseMatrix } from './case-matrix.ts';
import { type Judgement, judgeGuestCase } from './judge-guest-case.ts';
import type { GuestCase, GuestSetting, HostSabotage, SelftestHost } from './selftest-case.ts';
import { type WatchedMachine, watchMachine } from './watched-machine.ts';

export interface GuestCaseOptions {
  readonly host: SelftestHost;
  readonly facts: HostFacts;
  /** @param machineMib Limit for the address space of a machine's process; undefined: none. */
  readonly createMachines: (machineMib: number | undefined) => Promise<Machines<MachineKind>>;
  readonly binaries: GuestBinaries;
  readonly saboteur: string;
  readonly cacheRoot: string;
  /** The case's own folder; created here. */
  readonly folder: string;
  readonly jobs: number;
  readonly signal: AbortSignal;
}

const SCENARIOS = fileURLToPath(new URL('scenarios', import.meta.url));
/** A cut log may exceed its limit by the note that says so. */
const NOTE_BYTES = 200;

/** Runs the case as `kmx run` would, apart from what is broken, and judges the report. */
export async function runGuestCase(item: GuestCase, options: GuestCaseOptions): Promise<Judgement> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const { hostSabotage, machineMib } = item.setting;
  const machine = watchMachine((await options.createMachines(machineMib)).qemu);
  const fold = createReportFold();
  const reporters = groupReporters([
    { onEvent: fold.push },
    createEventLog(folder),
    createJsonReporter(folder),
    createJunitReporter(folder),
    { onEvent: (event) => sabotageMachine(hostSabotage, event, machine) },
  ]);
  const { consoleBytes } = await runCasePlan(item, options, {
    machine,
    emit: reporters.onEvent,
    scenarioFiles: item.until === 'boots' ? [] : await findSpecs(),
    missRetries: item.setting.missRetries ?? 0,
  });
  const report = fold.report();
  reporters.onEnd(report);
  const judgement = judgeGuestCase(item, report);
  const traces = [
    ...reporters.failures.map(({ message }) => `a reporter failed: ${message}`),
    ...machine.alive().map((pid) => `QEMU ${pid} was left behind`),
    ...(await findLogProblems(folder, consoleBytes, item.cutLog)),
  ];
  return { ...judgement, problems: [...judgement.problems, ...traces] };
}

/** What differs between the plans of cases. */
export interface CasePlan extends Pick<RunPlanOptions, 'emit' | 'scenarioFiles' | 'spawnWorker'> {
  readonly machine: Machine;
  readonly missRetries?: number;
  readonly isolation?: Isolation;
}

/** Runs the case's only cell; returns its limits. */
export async function runCasePlan(
  { setting = {}, name }: { readonly setting?: GuestSetting; readonly name: string },
  options: GuestCaseOptions,
  { machine, missRetries = 0, isolation = 'cell', ...plan }: CasePlan,
): Promise<Limits> {
  const { folder, facts, host, saboteur, binaries, cacheRoot, jobs, signal } = options;
  const file = join(folder, 'matrix.yaml');
  const text = caseMatrixText(setting, host.kernel, saboteur);
  await writeFile(file, text);
  const matrix = parseCaseMatrix(text, file);
  const limits = scaleLimits(matrix.limits, { ...facts, jobs });
  const kernel =
    setting.kernel === undefined
      ? host.kernel
      : await breakKernel(setting.kernel, host.kernel, folder);
  const init = setting.firstProcess === undefined ? binaries.init : saboteur;
  await runPlan({
    run: name,
    inputs: {},
    folder,
    matrix,
    plan: selectCells(matrix),
    scenarioRoot: SCENARIOS,
    testFilter: name,
    machines: { qemu: machine },
    kernels: new Map([['kernel', kernel]]),
    cacheRoot,
    guestBinaries: { ...binaries, init, workload: saboteur },
    host: facts,
    jobs: 1,
    isolation,
    limits,
    // A case is judged by its first try, and by its own expectation.
    retries: 0,
    missRetries,
    known: { expectations: [], isFiltered: true, isWholeMatrix: false },
    ...plan,
    signal,
  });
  return limits;
}

export async function findSpecs(): Promise<readonly string[]> {
  const files = await readdir(SCENARIOS);
  return files.filter((file) => file.endsWith('.spec.ts')).map((file) => join(SCENARIOS, file));
}

function sabotageMachine(
  how: HostSabotage | undefined,
  event: RunEvent,
  { instances }: WatchedMachine,
): void {
  const instance = instances.at(-1);
  if (how === undefined || instance === undefined) return;
  if (event.type !== 'test-begin' || event.test.file === BOOTS.file) return;
  if (how === 'cut-channel') instance.control.destroy();
  else process.kill(instance.pid, how === 'kill-machine' ? 'SIGKILL' : 'SIGSTOP');
}

/** Whatever a guest prints must not fill the disk, and a log that was cut must say so. */
async function findLogProblems(
  folder: string,
  bytesMax: number,
  cutLog: string | undefined,
): Promise<readonly string[]> {
  const entries = await readdir(join(folder, 'cells'), { recursive: true, withFileTypes: true });
  const logs = entries.filter((entry) => entry.isFile() && entry.name.endsWith('.log'));
  const problems: string[] = [];
  for (const { parentPath, name } of logs) {
    const path = join(parentPath, name);
    const { size } = await stat(path);
    const shown = `${relative(folder, path)} (${size} bytes)`;
    if (size > bytesMax + NOTE_BYTES) problems.push(`${shown} is longer than ${bytesMax} bytes`);
    if (name !== cutLog) continue;
    const text = await readFile(path, 'latin1');
    if (!text.endsWith(`\n[kmx: cut here, after ${bytesMax} bytes]\n`)) {
      problems.push(`${shown} does not end with a note that it was cut`);
    }
  }
  if (cutLog !== undefined && !logs.some(({ name }) => name === cutLog)) {
    problems.push(`there is no ${cutLog}`);
  }
  return problems;
}
