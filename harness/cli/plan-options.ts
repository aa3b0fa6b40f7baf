import { omitUndefined } from '../omit-undefined.ts';
import type { RunPlanOptions } from '../run/plan-options.ts';
import type { OpenedRun } from './open-run.ts';
import { guestBinaries, scenarioRoot } from './project.ts';
import type { WantedRun } from './wanted-run.ts';

/** What a plan is run with, apart from who listens, what it is compared with and what it continues. */
export function planOptions(
  wanted: WantedRun,
  opened: OpenedRun,
  cacheRoot: string,
): Omit<RunPlanOptions, 'emit' | 'signal'> {
  const { id, folder, matrix, plan, testFilter, retries, missRetries } = wanted;
  const { isolation, known, bounds, qemu, buildIn } = wanted;
  return {
    ...opened,
    ...{ matrix, plan, retries, missRetries, isolation, known },
    ...omitUndefined({ testFilter, bounds, qemu, buildIn }),
    ...{ run: id, folder, scenarioRoot, cacheRoot, guestBinaries },
  };
}
