/** What is left of a run that was cut off or stopped. */
import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { DEFAULT_MATRIX } from '../matrix/default-files.ts';
import { placeQemu } from '../matrix/place-qemu.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { checkMatrixPath, checkPastRun } from './check-past-run.ts';
import { loadMatrix } from './load-matrix.ts';
import { loadNeeds } from './load-needs.ts';
import { openPastRun } from './past-run.ts';
import type { RunBegin } from './run-log.ts';
import { boundsOf, type WantedOptions, type WantedRun, wantedBuilds } from './wanted-run.ts';

/** Throws a UsageError for options that would make another run of it. */
export async function planRest(
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
