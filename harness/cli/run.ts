import { mkdirSync } from 'node:fs';
import { availableParallelism, cpus as processors } from 'node:os';
import { relative } from 'node:path';
import { cacheRoot } from '../cache/cache-root.ts';
import { useCache } from '../cache/inventory.ts';
import { UsageError } from '../errors.ts';
import { withoutTemplates } from '../machine/machine.ts';
import { findQemu } from '../machine/qemu/find-qemu.ts';
import { createQemuMachine } from '../machine/qemu/qemu-machine.ts';
import { createReportFold } from '../report/fold-report.ts';
import { outcomeOf } from '../report/outcome.ts';
import { linkLatest } from '../reporters/latest-link.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { readCellDurations } from '../results/cell-durations.ts';
import { digestCode } from '../results/code-digest.ts';
import { openRunResults } from '../results/run-results.ts';
import { readHistory } from '../run/cell-history.ts';
import { changedInputs, digestInputs } from '../run/input-digests.ts';
import { checkAgents, resolveKernels } from '../run/run-inputs.ts';
import { runPlan } from '../run/run-plan.ts';
import { scaleLimits } from '../run/scaled-limits.ts';
import { createReporters } from './create-reporters.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { listenForInterrupts } from './interrupts.ts';
import { lockRun } from './past-run.ts';
import { findScenarios, guestBinaries, scenarioRoot } from './project.ts';
import { chooseAccelerator, countJobs, hostFacts } from './run-host.ts';
import { planRun, type WantedOptions, type WantedRun } from './wanted-run.ts';

export interface RunOptions extends WantedOptions {
  readonly jobs?: string;
  readonly mirror?: string;
  readonly offline?: boolean;
  /** False: results of earlier runs are not taken. */
  readonly cache?: boolean;
}

export async function run(options: RunOptions): Promise<number> {
  await using held = new AsyncDisposableStack();
  const wanted = await planRun(options, held);
  const { id, folder, matrix, plan, testFilter, retries, missRetries, known, past } = wanted;
  const jobs = countJobs(options.jobs, matrix.limits);
  const scenarioFiles = findScenarios(plan.cells);
  const qemu = await findQemu();
  const root = cacheRoot(process.env);
  await using _use = await useCache(root);
  const kernels = await resolveKernels(matrix, plan, {
    cacheRoot: root,
    ...(options.mirror === undefined ? {} : { mirror: options.mirror }),
    ...(options.offline === undefined ? {} : { offline: options.offline }),
    report: (line) => process.stderr.write(`${line}\n`),
  });
  await checkAgents(matrix, plan, guestBinaries.agent);
  const inputs = await digestInputs({
    matrix,
    plan,
    kernels,
    binaries: guestBinaries,
    scenarioRoot,
  });
  checkUnchanged(wanted, inputs);
  const accelerator = await chooseAccelerator(root, kernels, qemu);
  const qemuMachine = await createQemuMachine({ accelerator, host: qemu });
  const machine = wanted.hasTemplates ? qemuMachine : withoutTemplates(qemuMachine);
  const cpus = availableParallelism();
  const results = await openRunResults({
    cacheRoot: root,
    scenarioRoot,
    isRead: options.cache !== false,
    host: {
      accelerator,
      qemu: qemu.version,
      node: process.version,
      processor: processors()[0]?.model ?? '',
      isolation: wanted.isolation,
    },
    digestCode,
    report: (line) => process.stderr.write(`${line}\n`),
  });
  mkdirSync(folder, { recursive: true });
  // A run that goes on was locked before its log was read.
  if (options.resume === undefined) held.use(await lockRun(folder));
  linkLatest(folder);
  const fold = createReportFold(past);
  const fromHere = relative(process.cwd(), folder);
  const shownFolder = fromHere.startsWith('..') ? folder : fromHere;
  const reporters = groupReporters([
    { onEvent: fold.push },
    ...createReporters(folder, shownFolder, process.stdout, process.env, past),
  ]);
  using interrupts = listenForInterrupts();
  await runPlan({
    run: id,
    inputs,
    folder,
    matrix,
    plan,
    scenarioRoot,
    scenarioFiles,
    ...(testFilter === undefined ? {} : { testFilter }),
    machine,
    kernels,
    cacheRoot: root,
    guestBinaries,
    host: hostFacts(qemu.version, accelerator),
    cellDurations: await readCellDurations(root),
    jobs,
    isolation: wanted.isolation,
    limits: scaleLimits(matrix.limits, { accelerator, jobs, cpus }),
    retries,
    missRetries,
    known,
    ...(past.length === 0 ? {} : { history: readHistory(past) }),
    results,
    emit: reporters.onEvent,
    signal: interrupts.signal,
  });
  const report = fold.report();
  reporters.onEnd(report);
  for (const { message } of reporters.failures) {
    process.stderr.write(`kmx: a reporter failed, its report is not whole: ${message}\n`);
  }
  if (reporters.failures.length > 0) return EXIT_CODES.bad;
  return EXIT_CODES[outcomeOf(report)];
}

/** Results of other inputs must not stand beside each other in one report. */
function checkUnchanged(
  { id, pastInputs }: WantedRun,
  inputs: Readonly<Record<string, string>>,
): void {
  const changed = changedInputs(pastInputs, inputs);
  if (changed.length === 0) return;
  const what = changed.join(', ');
  throw new UsageError(`the run ${id} cannot go on: since it began, another ${what} is there`, {
    code: 'RESUME_CHANGED',
    remedy: 'put back what it began with, or begin a new run',
  });
}
