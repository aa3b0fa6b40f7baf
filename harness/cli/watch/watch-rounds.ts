/** Runs the rounds of `kmx watch`: what is to run is worked out anew for each, since the matrix may have changed. */
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { useCache } from '../../cache/inventory.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { BOOTS, isSameTest } from '../../events.ts';
import type { Cell } from '../../matrix/cell.ts';
import { isInCell } from '../../matrix/scenarios-of-cell.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import { importedFiles } from '../../prepare/imported-files.ts';
import type { RunReport } from '../../report/schema.ts';
import { boundCache } from '../bound-cache.ts';
import { loadMatrix } from '../load-matrix.ts';
import { guestBinaries, listScenarios, scenarioRoot } from '../project.ts';
import { type QuietHost, runQuietly } from '../run-quietly.ts';
import { type SelectionOptions, select } from '../selection.ts';
import { shownFolder } from '../shown-folder.ts';
import type { ChangeDetector } from './change-detector.ts';
import type { Round } from './watch-loop.ts';
import type { WatchScreen } from './watch-screen.ts';
import { checkIsThere, chooseAgent, type WatchedAgent } from './watched-agent.ts';

export interface WatchRoundsOptions extends SelectionOptions {
  readonly agent: string;
  readonly matrix: string;
  /** For the reports of all rounds. */
  readonly folder: string;
  readonly host: QuietHost;
  readonly cacheMax: number;
  readonly detector: ChangeDetector;
  readonly screen: WatchScreen;
}

interface Planned {
  readonly agent: WatchedAgent;
  readonly cells: readonly Cell[];
  readonly testFilter?: string;
}

/** Reports of so many rounds are kept: a day of work has hundreds. */
const ROUNDS_KEPT = 10;

export class WatchRounds {
  readonly #options: WatchRoundsOptions;
  /** Spec files of the tests that ran; undefined: no round has ended yet. */
  #ran: readonly string[] | undefined;
  #imported: readonly string[] = [];
  #file = '';

  constructor(options: WatchRoundsOptions) {
    this.#options = options;
  }

  /** Rejects with the signal's reason; in the first round also with what the user or the host got wrong. */
  async run(round: Round, signal: AbortSignal): Promise<void> {
    const { folder, screen, host, cacheMax } = this.#options;
    const own = join(folder, String(round.number));
    try {
      const beganMs = performance.now();
      const { report, planned } = await this.#measure(round, own, signal);
      screen.show(report, own, performance.now() - beganMs);
      await this.#watch(planned);
      screen.waiting(this.#describeWaiting());
      await rm(join(folder, String(round.number - ROUNDS_KEPT)), { recursive: true, force: true });
      await boundCache(host.cacheRoot, cacheMax);
    } catch (error) {
      await rm(own, { recursive: true, force: true });
      const isFault = error instanceof UsageError || error instanceof InfraError;
      if (round.number === 1 || !isFault) throw error;
      screen.fault(error);
      screen.waiting(this.#describeWaiting());
    }
  }

  async #measure(
    round: Round,
    folder: string,
    signal: AbortSignal,
  ): Promise<{ readonly report: RunReport; readonly planned: Planned }> {
    const { screen, host } = this.#options;
    const { cacheRoot } = host;
    await using _held = await useCache(cacheRoot);
    using progress = await screen.begin(round, folder);
    const planned = this.#plan(round);
    const { agent, cells, testFilter } = planned;
    const { file, matrix } = agent;
    // What is imported must be known before it is used; an agent changes nothing in that.
    if (!round.changed.every((path) => path === file) || round.number === 1) {
      await this.#watch(planned);
    }
    const run = { matrix, cells, folder, isCacheRead: false, ...omitUndefined({ testFilter }) };
    const report = await runQuietly({ ...run, onEvent: progress.onEvent }, { ...host, signal });
    const tests = report.cells.flatMap((cell) => cell.tests);
    const chosen = tests.filter((test) => !isSameTest(test, BOOTS));
    if (chosen.length === 0 && isUp(tests)) throw noTests(testFilter);
    if (chosen.length > 0) this.#ran = [...new Set(chosen.map(({ file }) => file))];
    return { report, planned };
  }

  #plan({ number }: Round): Planned {
    const { agent: word, matrix: file } = this.#options;
    const matrix = loadMatrix(file);
    const agent = chooseAgent(word, matrix, guestBinaries.agent);
    if (number === 1) checkIsThere(word, agent, matrix);
    const { plan, testFilter } = select(agent.matrix, this.#options);
    return { agent, cells: plan.cells, ...omitUndefined({ testFilter }) };
  }

  async #watch({ agent, cells }: Planned): Promise<void> {
    const ofCells = listScenarios().filter((name) => cells.some((cell) => isInCell(cell, name)));
    const specs = (this.#ran ?? ofCells).map((name) => join(scenarioRoot, name));
    // Someone may be in the middle of writing one: what was known is good enough until it is complete.
    const imported = await importedFiles(specs, scenarioRoot);
    this.#imported = imported ?? [...new Set([...specs, ...this.#imported])];
    const { matrix, detector } = this.#options;
    this.#file = agent.file;
    await detector.watch([agent.file, resolve(matrix), ...this.#imported], [agent.file]);
  }

  #describeWaiting(): string {
    const files = [this.#file, this.#options.matrix].map(shownFolder).join(', ');
    const scenarios = count(this.#imported.length, 'file');
    return `watching ${files} and ${scenarios} of the scenarios; Ctrl-C ends`;
  }
}

function isUp(tests: RunReport['cells'][number]['tests']): boolean {
  return tests.some((test) => isSameTest(test, BOOTS) && test.verdict === 'pass');
}

function noTests(testFilter: string | undefined): UsageError {
  const what = testFilter === undefined ? '' : ` has the words "${testFilter}" in its title`;
  return new UsageError(`no test of these cells${what}`, {
    code: 'NO_TESTS',
    remedy: 'kmx show lists titles of tests; one of them must have all the words after the colon',
  });
}
