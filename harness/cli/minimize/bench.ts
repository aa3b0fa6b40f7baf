/** Runs a failed test again, or only its calls, in guests of its cell as they are or with less. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../cache/digest.ts';
import { asStorageError } from '../../cache/storage-error.ts';
import { InfraError } from '../../errors.ts';
import { BOOTS, type EventSink, isSameTest, type TestId } from '../../events.ts';
import { buildOf } from '../../matrix/cell.ts';
import { namedValue } from '../../matrix/matrix.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { createCellPreparer, type PreparedCell } from '../../prepare/prepare-cell.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { RunReport, TestReport } from '../../report/schema.ts';
import { createEventLog } from '../../reporters/event-log.ts';
import { groupReporters } from '../../reporters/reporter.ts';
import type { TriedResult } from '../../reproduce/judge.ts';
import type { RunPlanOptions } from '../../run/plan-options.ts';
import { runPlan } from '../../run/run-plan.ts';
import type { TracedCall } from '../../trace/traced-call.ts';
import type { Replay } from '../../worker/replay/make-calls.ts';
import { type OpenedRun, openRun } from '../open-run.ts';
import { planOptions } from '../plan-options.ts';
import { guestBinaries } from '../project.ts';
import type { FoundOriginal } from '../reproduce/find-original.ts';
import { resultOf } from '../reproduce/result-of.ts';
import { type QuietHost, wantedRun, withLimits } from '../run-quietly.ts';
import type { WantedRun } from '../wanted-run.ts';
import type { GuestSetting } from './guest-setting.ts';
import { ReplayRun } from './replay-run.ts';

export interface BenchOptions extends Pick<FoundOriginal, 'matrix' | 'cell'> {
  readonly test: TestId;
  readonly host: Omit<QuietHost, 'hasTemplates'>;
  /** For the logs of all guests. */
  readonly folder: string;
}

export interface RanTest {
  readonly result: TestReport;
  /** What it has called, in the order in which it happened. */
  readonly calls: readonly TracedCall[];
  readonly report: RunReport;
}

/** What of a run differs from that of the test in its cell. */
interface RunParts {
  /** Below the bench's own. */
  readonly folder: string;
  /** Absent: as the cell has it. Its guests boot. */
  readonly setting?: GuestSetting | undefined;
  readonly spawnWorker?: RunPlanOptions['spawnWorker'];
  readonly onCall?: (call: TracedCall, of: TestId) => void;
  readonly onEvent?: EventSink;
}

interface Opened {
  readonly run: WantedRun;
  readonly opened: OpenedRun;
}

/** All of it rejects with the signal's reason if it was aborted, as `openRun` and `runPlan` do otherwise. */
export class Bench implements AsyncDisposable {
  readonly #options: BenchOptions;
  readonly #resources = new AsyncDisposableStack();
  readonly #opened = new Map<boolean, Promise<Opened>>();
  #prepared: Promise<PreparedCell> | undefined;
  #warm: ReplayRun | undefined;
  #boots = 0;
  #warmRuns = 0;

  constructor(options: BenchOptions) {
    this.#options = options;
  }

  /** The guest as the cell has it; undefined if it has no kernel of its own. */
  async setting(): Promise<GuestSetting | undefined> {
    const { opened } = await this.#open(true);
    const { boot } = await this.#prepare();
    if (boot.kind !== 'vm') return undefined;
    const { limits } = namedValue(opened.machines, this.#options.cell.machine);
    const { memoryMib, cpus } = limits;
    return { bootParameters: boot.bootParameters, memoryMib, cpus };
  }

  /** The test itself, in a guest of the cell as it is. */
  async runTest(number: number): Promise<RanTest> {
    const calls: TracedCall[] = [];
    const report = await this.#run({
      folder: `test-${number}`,
      onCall: (call, of) => {
        if (isSameTest(of, this.#options.test)) calls.push(call);
      },
    });
    return { result: resultOf(report, this.#options.test), calls, report };
  }

  /** Calls alone, in a guest of the cell as it is: a saved one, where there are such. */
  async replay(replay: Replay): Promise<TriedResult> {
    if (this.#warm?.hasEnded !== false) {
      this.#warmRuns += 1;
      const folder = `calls-${this.#warmRuns}`;
      this.#warm = this.#replayRun({ folder });
    }
    return await this.#warm.replay(replay);
  }

  /** The saved guests are not needed any more. */
  async endReplays(): Promise<void> {
    await this.#warm?.[Symbol.asyncDispose]();
    this.#warm = undefined;
  }

  /** The calls, or the test itself, in a guest that boots with another setting. */
  async boot(setting: GuestSetting, replay: Replay | undefined): Promise<TriedResult> {
    this.#boots += 1;
    const parts = { folder: `guest-${this.#boots}`, setting };
    if (replay === undefined) {
      return resultOf(await this.#run(parts), this.#options.test);
    }
    await using run = this.#replayRun(parts);
    return await run.replay(replay);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // After an interrupt it has its reason to reject.
    await this.endReplays().catch(() => {});
    await this.#resources.disposeAsync();
  }

  #replayRun(parts: RunParts): ReplayRun {
    return new ReplayRun((spawnWorker, onEvent) => this.#run({ ...parts, spawnWorker, onEvent }));
  }

  async #run(parts: RunParts): Promise<RunReport> {
    const { setting, spawnWorker, onCall, onEvent = () => {} } = parts;
    const { test, host } = this.#options;
    host.signal.throwIfAborted();
    const { run, opened } = await this.#open(setting === undefined);
    const prepared = withParameters(await this.#prepare(), setting);
    const folder = join(this.#options.folder, parts.folder);
    makeFolder(folder);
    const fold = createReportFold();
    const reporters = groupReporters([{ onEvent: fold.push }, { onEvent }, createEventLog(folder)]);
    const isTest = spawnWorker === undefined;
    await runPlan({
      ...planOptions({ ...run, folder }, opened, host.cacheRoot),
      machines: withLimits(opened.machines, (limits) => ({ ...limits, ...sizeOf(setting) })),
      prepareCell: async () => prepared,
      // Whoever attends tests keeps their results from being remembered.
      attendant: omitUndefined({ onCall }),
      ...omitUndefined({ spawnWorker }),
      ...(isTest ? { tests: isSameTest(test, BOOTS) ? [] : [test] } : { scenarioFiles: [] }),
      emit: reporters.onEvent,
      signal: host.signal,
    });
    host.signal.throwIfAborted();
    return fold.report();
  }

  #open(hasTemplates: boolean): Promise<Opened> {
    const known = this.#opened.get(hasTemplates) ?? this.#openNew(hasTemplates);
    this.#opened.set(hasTemplates, known);
    return known;
  }

  async #openNew(hasTemplates: boolean): Promise<Opened> {
    const { matrix, cell, host, folder } = this.#options;
    const wanted = { matrix, cells: [cell], folder, isCacheRead: false };
    // Each call gets a guest of its own, and whatever was not measured is tried again here.
    const alone = { isolation: 'test', retries: 0, missRetries: 0 } as const;
    const run = { ...wantedRun(wanted, { ...host, hasTemplates }), ...alone };
    const { cacheRoot: root, findQemu, signal, given } = host;
    const opened = await openRun(run, host, {
      ...{ root, findQemu, signal, resources: this.#resources },
      ...omitUndefined({ given }),
    });
    return { run, opened };
  }

  async #prepare(): Promise<PreparedCell> {
    this.#prepared ??= this.#prepareNew();
    return await this.#prepared;
  }

  async #prepareNew(): Promise<PreparedCell> {
    const { matrix, cell, host } = this.#options;
    const { opened } = await this.#open(true);
    const kernel = namedValue(opened.kernels, buildOf(cell));
    if (kernel instanceof InfraError) throw kernel;
    const { cacheRoot } = host;
    const { prepareCell = createCellPreparer({ binaries: guestBinaries, cacheRoot }) } = host;
    return await prepareCell({
      ...{ cell, kernel },
      config: namedValue(matrix.configs, cell.config),
      agent: namedValue(matrix.agents, cell.agent),
    });
  }
}

function withParameters(prepared: PreparedCell, setting: GuestSetting | undefined): PreparedCell {
  const { boot, digest } = prepared;
  if (setting === undefined || boot.kind !== 'vm') return prepared;
  const { bootParameters } = setting;
  return {
    ...prepared,
    boot: { ...boot, bootParameters },
    digest: digestOf(JSON.stringify([digest, bootParameters])),
  };
}

function sizeOf(setting: GuestSetting | undefined): Partial<GuestSetting> {
  return setting === undefined ? {} : { memoryMib: setting.memoryMib, cpus: setting.cpus };
}

function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw asStorageError(error, folder);
  }
}
