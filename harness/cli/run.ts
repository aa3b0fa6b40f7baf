import { mkdirSync } from 'node:fs';
import { cacheRoot } from '../cache/cache-root.ts';
import { useCache } from '../cache/inventory.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { createReportFold } from '../report/fold-report.ts';
import { outcomeOf } from '../report/outcome.ts';
import type { FormatName } from '../reporters/format.ts';
import { linkLatest } from '../reporters/latest-link.ts';
import { groupReporters, type ReporterGroup } from '../reporters/reporter.ts';
import { readLastRuns } from '../results/last-runs.ts';
import { readHistory } from '../run/cell/cell-history.ts';
import { runPlan } from '../run/run-plan.ts';
import { createConfigDiff } from './baseline-configs.ts';
import { boundCache, readCacheMax } from './bound-cache.ts';
import { attachFolder } from './bug-report.ts';
import { listenForBugs } from './bug-watch.ts';
import { resumeLine } from './command-line.ts';
import { createReporters, defaultFormats } from './create-reporters.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type InterruptTexts, interruptibly, listenForInterrupts } from './interrupts.ts';
import { lookForQemu } from './look-for-qemu.ts';
import { type HostOptions, openRun } from './open-run.ts';
import { lockRun } from './past-run.ts';
import { planOptions } from './plan-options.ts';
import { planRun } from './plan-run.ts';
import { readInsight } from './run-insight.ts';
import { shownFolder } from './shown-folder.ts';
import type { WantedOptions } from './wanted-run.ts';

export interface RunOptions extends WantedOptions, HostOptions {
  /** What is written of the run; absent: `defaultFormats`. */
  readonly reporter?: readonly FormatName[];
}

export async function run(options: RunOptions): Promise<number> {
  const root = cacheRoot(process.env);
  const cacheMax = readCacheMax(process.env);
  const { code, hasBooted } = await runWithCache(options, root);
  // Only guests that boot add anything large to the cache. Whoever presses Ctrl-C wants to go: the
  // next run will do it.
  if (hasBooted && code !== EXIT_CODES.interrupted) await boundCache(root, cacheMax);
  return code;
}

interface RunOutcome {
  readonly code: number;
  /** Not every guest was restored from a template with a healthy agent. */
  readonly hasBooted: boolean;
}

async function runWithCache(options: RunOptions, root: string): Promise<RunOutcome> {
  await using held = new AsyncDisposableStack();
  // Runs QEMU, which takes a moment; the user's mistakes are reported first.
  const findQemu = lookForQemu(process.env);
  const wanted = await planRun(options, held);
  const { folder, past, baseline, failOn, needs } = wanted;
  // A resumed run builds where it began to.
  if (wanted.buildIn === 'container') (await import('./build-in-container.ts')).buildInContainer();
  held.use(await useCache(root));
  const machines = held.use(new AsyncDisposableStack());
  const opened = await interruptibly((signal) =>
    openRun(wanted, options, { root, findQemu, resources: machines, signal }),
  );
  mkdirSync(folder, { recursive: true });
  // A resumed run was locked before its log was read.
  if (options.resume === undefined) held.use(await lockRun(folder));
  linkLatest(folder);
  const fold = createReportFold(past);
  const shown = shownFolder(folder);
  attachFolder(shown);
  const formats = options.reporter ?? defaultFormats(process.env);
  const reporters = groupReporters([
    { onEvent: fold.push },
    ...(await createReporters({
      folder,
      shown,
      formats,
      stream: process.stdout,
      environment: process.env,
      past,
    })),
  ]);
  using interrupts = listenForInterrupts(interruptTexts(resumeLine(shown, process.env)));
  using bugs = listenForBugs();
  const stop = new AbortController();
  const running = runPlan({
    ...planOptions(wanted, opened, root),
    // The user's time begins with the command.
    startedMs: performance.timeOrigin,
    ...(baseline === undefined
      ? {}
      : {
          baseline: {
            facts: baseline,
            diffConfig: createConfigDiff(baseline, folder, needs.features),
          },
        }),
    ...omitUndefined({ failOn }),
    lastRuns: await readLastRuns(root),
    ...(past.length === 0 ? {} : { history: readHistory(past) }),
    emit: reporters.onEvent,
    signal: AbortSignal.any([interrupts.signal, stop.signal]),
  });
  try {
    await Promise.race([running, bugs.happened]);
  } catch (error) {
    // Whatever ends a run, what it has measured is reported.
    reporters.onEnd(fold.report());
    stop.abort();
    throw error;
  }
  // While the reports are written.
  const closing = machines.disposeAsync();
  held.defer(() => closing);
  const report = fold.report();
  // Only the page has a use for it.
  const insight = formats.includes('html') ? await readInsight(folder, report, needs.features) : {};
  reporters.onEnd(report, insight);
  const hasBooted = report.cells.some(
    ({ machineKind, guests }) => machineKind === 'qemu' && guests.some(({ from }) => from !== 'L2'),
  );
  return {
    code: hasFailed(reporters) ? EXIT_CODES.bad : EXIT_CODES[outcomeOf(report)],
    hasBooted,
  };
}

/** Progress says it, too; but where that goes to a file, a terminal would be silent. */
function interruptTexts(resume: string): InterruptTexts {
  const goOn = `to run the rest: ${resume}`;
  const isUnseen = process.stderr.isTTY && !process.stdout.isTTY;
  const second = `kmx: ended at once, without reports; ${goOn}`;
  return isUnseen ? { first: `kmx: stopping; ${goOn}`, second } : { second };
}

function hasFailed({ failures }: ReporterGroup): boolean {
  for (const { message } of failures) {
    process.stderr.write(`kmx: a reporter failed, and its report is incomplete: ${message}\n`);
  }
  return failures.length > 0;
}
