import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import type { BaselineFacts, FailOn, RunBounds, RunEvent } from '../events.ts';
import { canBeBuilt } from '../matrix/builds.ts';
import type { BuildPlace, QemuPlace } from '../matrix/cell.ts';
import { DEFAULT_MATRIX } from '../matrix/default-files.ts';
import { expandMatrix } from '../matrix/expand.ts';
import type { Isolation } from '../matrix/isolation.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { placeQemu } from '../matrix/place-qemu.ts';
import { sampleCells } from '../matrix/sample.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { KnownFailures } from '../run/plan-options.ts';
import { readBaseline } from './baseline.ts';
import type { LoadedNeeds } from './built-in-needs.ts';
import { checkMatrixPath, checkPastRun } from './check-past-run.ts';
import { loadExpectations } from './load-expectations.ts';
import { loadMatrix } from './load-matrix.ts';
import { loadNeeds } from './load-needs.ts';
import { openPastRun } from './past-run.ts';
import type { RunBegin } from './run-log.ts';
import { type SelectionOptions, select } from './selection.ts';

export interface WantedOptions extends SelectionOptions {
  readonly matrix: string;
  readonly out: string;
  readonly retries?: number;
  readonly missRetries?: number;
  readonly resume?: string;
  readonly expectations?: string;
  /** A folder of what agents need. */
  readonly needs?: string;
  readonly isolation?: Isolation;
  /** Where all QEMUs run; absent: as the matrix says. */
  readonly qemu?: QemuPlace;
  /** Where kernels are built; absent: on this host. */
  readonly buildIn?: BuildPlace;
  /** Only this many of the selected cells. */
  readonly sample?: { readonly count: number; readonly seed: string };
  /** Commander's name for the absence of --no-templates. */
  readonly templates: boolean;
  /** Commander's name for the absence of --no-cache. */
  readonly cache?: boolean;
  readonly jobs?: number;
  /** An earlier run to compare this one with. */
  readonly baseline?: string;
  readonly failOn?: FailOn;
  readonly maxFailures?: number;
  /** Milliseconds. */
  readonly timeBudget?: number;
  /** Use only what the lock beside the matrix names. */
  readonly locked?: boolean;
}

/** What is to be run: asked for now, or read from the events of a run that was cut off. */
export interface WantedRun {
  readonly id: string;
  readonly folder: string;
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly testFilter?: string;
  readonly retries: number;
  readonly missRetries: number;
  readonly isolation: Isolation;
  /** Where all QEMUs run, whatever the matrix said before it was placed there. */
  readonly qemu?: QemuPlace;
  /** Where its kernels are built; absent: on this host, or there are none to build. */
  readonly buildIn?: BuildPlace;
  readonly hasTemplates: boolean;
  /** Results of earlier runs are used. */
  readonly isCacheRead: boolean;
  /** Nothing but what the lock beside the matrix names is used. */
  readonly isLocked: boolean;
  /** How many cells run at the same time; absent: as many as the host allows. */
  readonly jobs?: number;
  readonly known: KnownFailures;
  readonly baseline?: BaselineFacts;
  readonly failOn?: FailOn;
  /** When it is to stop, asked for now: a run that was stopped goes on without, or with others. */
  readonly bounds?: RunBounds;
  readonly needs: LoadedNeeds;
  /** Of the resumed run; none for a new one. */
  readonly past: readonly RunEvent[];
  /** Digests of what the results of the resumed run depend on. */
  readonly pastInputs?: Readonly<Record<string, string>>;
}

/**
 * Rejects with a UsageError, also for a run that cannot be resumed.
 * @param held Gets the lock of a resumed run.
 */
export async function planRun(
  options: WantedOptions,
  held: AsyncDisposableStack,
): Promise<WantedRun> {
  const { resume } = options;
  return resume === undefined ? planNew(options) : await planRest(options, resume, held);
}

function planNew(options: WantedOptions): WantedRun {
  const matrix = placeQemu(loadMatrix(options.matrix), options.qemu);
  const id = createRunId();
  const { retries = 0, missRetries = retries } = options;
  const selected = sample(select(matrix, options), options.sample);
  const { file, expectations } = loadExpectations(matrix, options.expectations);
  return {
    id,
    folder: resolve(options.out, id),
    matrix,
    ...selected,
    known: omitUndefined({
      expectations,
      expectationsFile: file,
      isFiltered: options.only !== undefined || options.sample !== undefined,
      isWholeMatrix: isWholeMatrix(selected.plan, matrix),
    }),
    ...wantedBaseline(options),
    needs: loadNeeds({ needs: options.needs, matrix: matrix.file }),
    retries,
    missRetries,
    isolation: options.isolation ?? matrix.isolation,
    hasTemplates: options.templates,
    isCacheRead: options.cache !== false,
    isLocked: options.locked === true,
    ...omitUndefined({ qemu: options.qemu, jobs: options.jobs, bounds: boundsOf(options) }),
    ...omitUndefined({ buildIn: wantedBuilds(options, matrix, selected.plan) }),
    past: [],
  };
}

/** What the option or its variable says does not matter to a run of packaged kernels. */
function wantedBuilds(
  { buildIn }: WantedOptions,
  { kernels }: Matrix,
  { cells }: Plan,
): BuildPlace | undefined {
  if (buildIn !== 'container') return undefined;
  return cells.some(({ kernel }) => canBeBuilt(namedValue(kernels, kernel))) ? buildIn : undefined;
}

/** Read before `latest` becomes this run. */
function wantedBaseline({
  out,
  baseline: name,
  failOn,
}: WantedOptions): Pick<WantedRun, 'baseline' | 'failOn'> {
  if (name === undefined) {
    if (failOn === undefined) return {};
    throw new UsageError(`--fail-on ${failOn} needs a run to compare with`, {
      code: 'NO_BASELINE',
      remedy: 'name it: --baseline latest, or the id, the folder or the report.json of a run',
    });
  }
  const baseline = readBaseline(out, name);
  if (baseline !== undefined) return { baseline, ...omitUndefined({ failOn }) };
  process.stderr.write(
    `kmx: there is no run in ${out}/ yet: this one is compared with nothing, and will be the first baseline\n`,
  );
  return {};
}

async function planRest(
  options: WantedOptions,
  name: string,
  held: AsyncDisposableStack,
): Promise<WantedRun> {
  const { profile, only, retries, missRetries, expectations, isolation } = options;
  const { baseline, failOn } = options;
  const fixed = {
    ...{ profile, only, retries, 'miss-retries': missRetries, expectations, isolation },
    ...{ baseline, 'fail-on': failOn },
  };
  refuse(
    Object.entries(fixed)
      .filter(([, value]) => value !== undefined)
      .map(([option]) => `--${option}`),
  );
  const { folder, begin, events } = await openPastRun(options.out, name, held);
  refuse(findOtherWishes(options, begin));
  checkMatrixPath(begin);
  const matrix = placeQemu(loadMatrix(begin.matrix), begin.qemu);
  const plan = checkPastRun(begin, events, matrix);
  if (options.buildIn !== undefined && wantedBuilds(options, matrix, plan) !== begin.buildIn) {
    refuse([`--build-in ${options.buildIn}`]);
  }
  return {
    id: begin.run,
    folder,
    matrix,
    plan,
    ...omitUndefined({ testFilter: begin.filter, qemu: begin.qemu, buildIn: begin.buildIn }),
    retries: begin.retries,
    missRetries: begin.missRetries,
    isolation: begin.isolation,
    hasTemplates: begin.hasTemplates,
    isCacheRead: begin.isCacheRead,
    isLocked: begin.lock?.isEnforced === true,
    jobs: begin.jobs,
    known: omitUndefined({
      expectations: begin.expectations,
      expectationsFile: begin.expectationsFile,
      isFiltered: begin.isFiltered,
      isWholeMatrix: begin.isWholeMatrix,
    }),
    ...omitUndefined({
      baseline: events.find((event) => event.type === 'baseline')?.baseline,
      failOn: begin.failOn,
    }),
    needs: loadNeeds({ needs: options.needs, matrix: matrix.file }),
    ...omitUndefined({ bounds: boundsOf(options) }),
    past: events,
    pastInputs: begin.inputs,
  };
}

function boundsOf({ maxFailures, timeBudget }: WantedOptions): RunBounds | undefined {
  if (maxFailures === undefined && timeBudget === undefined) return undefined;
  return omitUndefined({ maxFailures, timeBudgetMs: timeBudget });
}

/** Options that may be repeated, but not be given another value. */
function findOtherWishes(
  { matrix, jobs, qemu, cache, templates, locked }: WantedOptions,
  begin: RunBegin,
): readonly string[] {
  const isSameMatrix = matrix === DEFAULT_MATRIX || resolve(matrix) === resolve(begin.matrix);
  return [
    ...(isSameMatrix ? [] : [`--matrix ${matrix}`]),
    ...(jobs === undefined || jobs === begin.jobs ? [] : [`--jobs ${jobs}`]),
    ...(qemu === undefined || qemu === begin.qemu ? [] : [`--qemu ${qemu}`]),
    ...(cache === false && begin.isCacheRead ? ['--no-cache'] : []),
    ...(locked && begin.lock?.isEnforced !== true ? ['--locked'] : []),
    ...(!templates && begin.hasTemplates ? ['--no-templates'] : []),
  ];
}

function refuse(options: readonly string[]): void {
  if (options.length === 0) return;
  const also = options.join(' and ');
  throw new UsageError(`--resume continues a run as it began: ${also} cannot change it`, {
    code: 'RESUME_CONFLICT',
    remedy: `leave out ${also}, or start a new run`,
  });
}

function sample<T extends { readonly plan: Plan }>(
  selected: T,
  wanted: WantedOptions['sample'],
): T {
  if (wanted === undefined) return selected;
  const { plan } = selected;
  return {
    ...selected,
    plan: { ...plan, cells: sampleCells(plan.cells, wanted.count, wanted.seed) },
  };
}

function isWholeMatrix({ cells }: Plan, matrix: Matrix): boolean {
  const isWhole = cells.every(({ scenarios }) => scenarios === undefined);
  return isWhole && cells.length === expandMatrix(matrix).length;
}

/** Sorts by time, and differs between two runs of the same second. */
export function createRunId(): string {
  const time = new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '').replace('T', '-');
  return `${time}-${randomBytes(2).toString('hex')}`;
}
