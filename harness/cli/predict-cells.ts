/** What is to be expected of the cells of a run, from the configurations of their kernels. */
import { InfraError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { readKnownConfig } from '../kernels/config/kernel-configs.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { findNeeds, predictCell } from '../needs/predict.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { LoadedNeeds } from './built-in-needs.ts';

export interface PredictCellsOptions {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly needs: LoadedNeeds;
}

/** By cell id. Absent: cells whose kernel could not be had, and those of agents whose needs are not known. */
export async function predictCells(
  options: PredictCellsOptions,
): Promise<ReadonlyMap<string, Prediction>> {
  const { matrix, plan, kernels, cacheRoot, needs } = options;
  const configs = await readConfigs(kernels, cacheRoot);
  const predictions = new Map<string, Prediction>();
  for (const { id, kernel, config, cgroup, agent: name } of plan.cells) {
    const image = namedValue(kernels, kernel);
    const agent = findNeeds(needs.agents, { name, ...namedValue(matrix.agents, name) });
    if (image instanceof InfraError || agent === undefined) continue;
    const { bootParameters, leaveUnmounted } = namedValue(matrix.configs, config);
    const setup = {
      kernel: {
        release: image.release,
        cmdline: bootParameters.join(' '),
        ...omitUndefined({ config: configs.get(kernel) }),
      },
      leaveUnmounted,
      cgroup,
    };
    predictions.set(id, predictCell(agent, setup, needs.features));
  }
  return predictions;
}

/** By name of kernel. */
async function readConfigs(
  kernels: ResolvedKernels,
  cacheRoot: string,
): Promise<ReadonlyMap<string, KernelConfig>> {
  const read = await Promise.all(
    [...kernels].map(async ([name, image]) => {
      const known =
        image instanceof InfraError ? undefined : await readKnownConfig(cacheRoot, image);
      return known === undefined ? [] : [[name, known.config] as const];
    }),
  );
  return new Map(read.flat());
}
