import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { formatContext } from '../cli/format-context.ts';
import { makePrivateDirectory } from '../machine/private-directory.ts';
import { createReportFold } from '../report/fold-report.ts';
import { createEventLog } from '../reporters/event-log.ts';
import { createFormatReporter } from '../reporters/formats.ts';
import { jsonFormat } from '../reporters/json.ts';
import { junitFormat } from '../reporters/junit.ts';
import { groupReporters } from '../reporters/reporter.ts';
import { sabotageContainers } from './container-sabotage.ts';
import { ContainerTraces } from './container-traces.ts';
import { saveDamagedGuest } from './damaged-template.ts';
import { type Judgement, judgeGuestCase } from './judge-guest-case.ts';
import { findSpecs, type GuestCaseOptions, runCasePlan } from './run-case-plan.ts';
import { Sabotage } from './sabotage.ts';
import type { GuestCase } from './selftest-case.ts';
import { type WatchedMachine, watchMachine } from './watched-machine.ts';

/** A cut log may exceed its limit by the note that says so. */
const NOTE_BYTES = 200;

/** Runs the case as `kmx run` would, apart from what is broken, and judges the report. */
export async function runGuestCase(item: GuestCase, options: GuestCaseOptions): Promise<Judgement> {
  const { folder } = options;
  await mkdir(folder, { recursive: true });
  const { machine: kind, machineMib, savedGuest } = item.setting;
  if (kind === 'container') return await runContainerCase(item, options);
  const hasTemplates = savedGuest !== undefined;
  const machine = watchMachine(await options.createMachine(machineMib), hasTemplates);
  if (!hasTemplates) return await runAndJudge(item, options, machine);
  await using cache = await makePrivateDirectory(folder);
  const own = { ...options, cacheRoot: cache.path };
  const problem = await saveDamagedGuest(item, { ...own, folder: join(folder, 'saving') }, machine);
  if (problem !== undefined) return { got: 'nothing', problems: [problem], hasBooted: false };
  return await runAndJudge(item, own, machine);
}

/** Nothing of it may be left on the host, either. */
async function runContainerCase(item: GuestCase, options: GuestCaseOptions): Promise<Judgement> {
  const traces = new ContainerTraces();
  let judgement: Judgement;
  {
    await using containers = await options.createContainers();
    const machine = watchMachine(sabotageContainers(containers, item.setting));
    judgement = await runAndJudge(item, options, machine, traces);
  }
  return { ...judgement, problems: [...judgement.problems, ...(await traces.find())] };
}

async function runAndJudge(
  item: GuestCase,
  options: GuestCaseOptions,
  machine: WatchedMachine,
  traces?: ContainerTraces,
): Promise<Judgement> {
  const { folder } = options;
  const context = formatContext(folder, process.env);
  await using sabotage = new Sabotage(item.setting, machine, traces);
  const fold = createReportFold();
  const reporters = groupReporters([
    { onEvent: fold.push },
    createEventLog(folder),
    ...[jsonFormat, junitFormat].map((format) => createFormatReporter(format, folder, context)),
    sabotage,
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
  const others = [
    ...(await sabotage.problems()),
    ...reporters.failures.map(({ message }) => `a reporter failed: ${message}`),
    ...machine.alive().map((pid) => `process ${pid} of a machine was left behind`),
    ...(await findLogProblems(folder, consoleBytes, item.cutLog)),
  ];
  return { ...judgement, problems: [...judgement.problems, ...others] };
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
