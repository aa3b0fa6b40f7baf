import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { formatContext } from '../cli/format-context.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport, TestReport } from '../report/schema.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { createFormatReporter } from '../reporters/formats.ts';
import { jsonFormat } from '../reporters/json.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { reasonOf } from '../verdict/reason.ts';
import { type IdleWorker, spawnWorker } from '../worker/host.ts';
import { findRunProblems, type Judgement } from './judge-guest-case.ts';
import { findSpecs, type GuestCaseOptions, runCasePlan } from './run-case-plan.ts';
import type { WorkerCase } from './selftest-case.ts';
import { type WatchedMachine, watchMachine } from './watched-machine.ts';

/** From a worker's start to its end: while it loads, while a guest starts, in mid-test. */
const LIFE_MS = { min: 100, max: 4000 };

/** Runs the cell of the case over and over while its workers are killed, and judges every report. */
export async function runWorkerCase(
  item: WorkerCase,
  options: GuestCaseOptions,
): Promise<Judgement> {
  const machine = watchMachine(await options.createMachine(undefined), true);
  const deadlineMs = performance.now() + item.seconds * 1000;
  const problems: string[] = [];
  let kills = 0;
  let tests = 0;
  const spawn = (logFile: string): IdleWorker => {
    const worker = spawnWorker(logFile);
    const lifeMs = LIFE_MS.min + Math.random() * (LIFE_MS.max - LIFE_MS.min);
    const kill = (): void => {
      if (worker.kill()) kills += 1;
    };
    setTimeout(kill, lifeMs).unref();
    return worker;
  };
  for (let round = 1; performance.now() < deadlineMs && !options.signal.aborted; round += 1) {
    const folder = join(options.folder, `round-${round}`);
    const report = await runRound(item, { ...options, folder }, machine, spawn);
    tests += report.cells.flatMap((cell) => cell.tests).length;
    problems.push(...judgeRound(report).map((problem) => `round ${round}: ${problem}`));
    problems.push(...machine.alive().map((pid) => `QEMU ${pid} was left behind`));
  }
  if (kills === 0) problems.push('no worker was killed');
  return { got: `${tests} tests, ${kills} workers killed`, problems, hasBooted: true };
}

async function runRound(
  item: WorkerCase,
  options: GuestCaseOptions,
  machine: WatchedMachine,
  spawn: (logFile: string) => IdleWorker,
): Promise<RunReport> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const fold = createReportFold();
  const reporters = groupReporters([
    { onEvent: fold.push },
    createEventLog(folder),
    createFormatReporter(jsonFormat, folder, formatContext(folder, process.env)),
  ]);
  await runCasePlan(item, options, {
    machine,
    emit: reporters.onEvent,
    scenarioFiles: await findSpecs(),
    isolation: 'test',
    spawnWorker: spawn,
  });
  const report = fold.report();
  reporters.onEnd(report);
  return report;
}

/** A test passes, or it is the one that was running when its worker died. */
function judgeRound(report: RunReport): readonly string[] {
  const isRight = (test: TestReport): boolean =>
    test.verdict === 'pass' ||
    (test.verdict === 'error' && /process ended \(signal SIGKILL\)/.test(reasonOf(test)));
  return [
    ...findRunProblems(report),
    ...report.cells
      .flatMap(({ tests }) => tests)
      .filter((test) => !isRight(test))
      .map((test) => `${test.title}: ${test.verdict}: ${reasonOf(test)}`),
  ];
}
