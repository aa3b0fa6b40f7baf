/**
 * Runs a plan: its begin, its kernels, its cells, its end, with all events going to one sink.
 */
import { InfraError } from '../errors.ts';
import {
  type Emit,
  EVENTS_VERSION,
  type EventSink,
  now,
  stampCellEvents,
  stampEvents,
} from '../events.ts';
import { createJudge } from '../expectations/judge.ts';
import { buildOf } from '../matrix/cell.ts';
import { namedValue } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { BaselineConfigs } from './baseline-configs.ts';
import { ConfigRecorder } from './config-recorder.ts';
import type { RunPlanOptions } from './plan-options.ts';
import { runCells } from './run-cells.ts';
import { createRunStops, type RunStops, type RunStopsOptions } from './run-stops.ts';

/**
 * Runs a plan from its beginning or, with a history, from where that ends. A cell that fails because
 * of the host or a bug ends there, and the others continue; rejects with the first bug in the end.
 */
export async function runPlan(options: RunPlanOptions): Promise<void> {
  const { baseline, bounds, history, signal } = options;
  const sink: EventSink = (event) => {
    configs.hear(event);
    options.emit(event);
    stops.observe(event);
  };
  const emit = stampEvents(sink);
  const configs = new BaselineConfigs(baseline, emit);
  using stops = openStops(options, (reason) => emit({ type: 'run-stopping', reason }));
  using told = onAbort(signal, () => {
    if (stops.reason === undefined) emit({ type: 'run-stopping', reason: 'interrupted' });
  });
  if (history === undefined) emitBegin(options, emit);
  else emit({ type: 'run-resumed', ...omitUndefined({ bounds }) });
  const recorder = new ConfigRecorder(options.cacheRoot, options.folder, emit);
  await emitKernels(options, emit, recorder);
  await configs.tell();
  emitPredictions(options, sink);
  const bugs = await runCells({ ...options, emit: sink }, { stops, recorder });
  // What still follows takes a moment, and makes no run incomplete that has run all.
  stops.close();
  await recorder.settle();
  await configs.tell();
  const stopped = signal.aborted ? undefined : stops.reason;
  const interrupted = signal.aborted || stopped !== undefined;
  told[Symbol.dispose]();
  emit({ type: 'run-end', interrupted, ...omitUndefined({ stopped }) });
  await options.results?.close();
  if (bugs.length > 0) throw bugs[0];
}

function openStops(options: RunPlanOptions, onStop: RunStopsOptions['onStop']): RunStops {
  const { bounds = {}, startedMs = Date.now(), nowMs, kernels, plan } = options;
  const judge = createJudge({ expectations: options.known.expectations, today: now() });
  const cells = new Map(plan.cells.map((cell) => [cell.id, cell]));
  return createRunStops({
    bounds,
    startedMs,
    ...omitUndefined({ nowMs }),
    isAsExpected({ cell: id, test, ...attempted }) {
      const cell = namedValue(cells, id);
      const kernel = kernels.get(buildOf(cell));
      const release = kernel instanceof InfraError ? undefined : kernel?.release;
      return judge({ cell, release, test, ...attempted }).status === 'as-expected';
    },
    onStop,
  });
}

/** Calls the listener if the signal is aborted before it is disposed of. */
function onAbort(signal: AbortSignal, listener: () => void): Disposable {
  signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
}

function emitBegin(options: RunPlanOptions, emit: Emit): void {
  const { plan, matrix, machines, known } = options;
  emit({
    type: 'run-begin',
    version: EVENTS_VERSION,
    run: options.run,
    profile: plan.profile,
    matrix: matrix.file,
    inputs: options.inputs,
    ...known,
    retries: options.retries,
    missRetries: options.missRetries,
    isolation: options.isolation,
    hasTemplates: plan.cells.some(({ machine: name }) => {
      const { machine } = namedValue(machines, name);
      return !(machine instanceof InfraError) && machine.templates !== undefined;
    }),
    isCacheRead: options.results?.isRead ?? false,
    jobs: options.jobs,
    host: options.host,
    cells: plan.cells,
    ...omitUndefined({
      filter: options.testFilter,
      qemu: options.qemu,
      buildIn: options.buildIn,
      failOn: options.failOn,
      bounds: options.bounds,
      lock: options.lock,
    }),
  });
  if (options.baseline !== undefined) emit({ type: 'baseline', baseline: options.baseline.facts });
}

/** Kernels are resolved before the run begins; its events still record which they were. */
async function emitKernels(
  { kernels }: RunPlanOptions,
  emit: Emit,
  recorder: ConfigRecorder,
): Promise<void> {
  for (const [name, image] of kernels) {
    if (image instanceof InfraError) {
      emit({ type: 'kernel-failed', name, message: image.message });
    } else {
      const { release, digest, origin, unlisted, built } = image;
      const config = await recorder.record(name, image);
      const others = omitUndefined({ unlisted, built });
      const kernel = { name, release, digest, origin, ...config, ...others };
      emit({ type: 'kernel-end', kernel });
    }
  }
}

function emitPredictions({ plan, predictions, history }: RunPlanOptions, emit: EventSink): void {
  for (const { id } of plan.cells) {
    const prediction = predictions?.get(id);
    if (prediction === undefined || history?.get(id)?.isDone === true) continue;
    stampCellEvents(id, emit)({ type: 'prediction', prediction });
  }
}
