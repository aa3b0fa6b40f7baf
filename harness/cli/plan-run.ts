import { resolve } from 'node:path';
import { UsageError } from '../errors.ts';
import { expandMatrix } from '../matrix/expand.ts';
import type { Matrix, Plan } from '../matrix/matrix.ts';
import { placeQemu } from '../matrix/place-qemu.ts';
import { sampleCells } from '../matrix/sample.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { readBaseline } from './baseline.ts';
import { loadExpectations } from './load-expectations.ts';
import { loadMatrix } from './load-matrix.ts';
import { loadNeeds } from './load-needs.ts';
import { planRest } from './resumed-run.ts';
import { select } from './selection.ts';
import {
  boundsOf,
  createRunId,
  type WantedOptions,
  type WantedRun,
  wantedBuilds,
} from './wanted-run.ts';

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
