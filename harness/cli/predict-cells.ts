/** What is to be expected of the cells of a run, from the configurations of their kernels. */
import { InfraError } from '../errors.ts';
import type { KernelConfig } from '../kconfig/kernel-config.ts';
import { readKnownConfig } from '../kernels/config/kernel-configs.ts';
import { isRootless } from '../machine/container/engine-facts.ts';
import { hostControllers } from '../machine/container/host-controllers.ts';
import { buildOf } from '../matrix/cell.ts';
import { type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import type { HostControllers } from '../needs/host-controllers.ts';
import { findNeeds, predictCell } from '../needs/predict.ts';
import type { Prediction } from '../needs/prediction.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { LoadedNeeds } from './built-in-needs.ts';
import type { OpenedMachine } from './opened-machine.ts';

export interface PredictCellsOptions {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly needs: LoadedNeeds;
  /** By name: what this run has found out of them. */
  readonly machines: ReadonlyMap<string, OpenedMachine>;
}

/** By cell id. Absent: cells whose kernel could not be had, and those of agents whose needs are not known. */
export async function predictCells(
  options: PredictCellsOptions,
): Promise<ReadonlyMap<string, Prediction>> {
  const { matrix, plan, kernels, cacheRoot, needs, machines } = options;
  const configs = await readConfigs(kernels, cacheRoot);
  const predictions = new Map<string, Prediction>();
  const hostOf = createHosts(machines);
  for (const cell of plan.cells) {
    const { id, config, cgroup, agent: name, machine } = cell;
    const build = buildOf(cell);
    const image = namedValue(kernels, build);
    const agent = findNeeds(needs.agents, { name, ...namedValue(matrix.agents, name) });
    if (image instanceof InfraError || agent === undefined) continue;
    const { bootParameters, leaveUnmounted } = namedValue(matrix.configs, config);
    const setup = {
      kernel: {
        release: image.release,
        cmdline: [image.bootedWith ?? '', ...bootParameters].join(' ').trim(),
        ...omitUndefined({ config: configs.get(build) }),
      },
      leaveUnmounted,
      cgroup,
      ...omitUndefined({ host: hostOf(machine) }),
    };
    predictions.set(id, predictCell(agent, setup, needs.features));
  }
  return predictions;
}

/** By name of machine: what the host of its containers offers; undefined for guests with their own kernel. */
function createHosts(
  machines: PredictCellsOptions['machines'],
): (machine: string) => HostControllers | undefined {
  const containers = [...machines].filter(([, { facts }]) => facts?.kind === 'container');
  if (containers.length === 0) return () => undefined;
  const controllers = hostControllers();
  const hosts = new Map(
    containers.map(([name, { facts }]) => {
      const isAllGranted = facts?.engine !== undefined && !isRootless(facts.engine);
      return [name, { ...controllers, isAllGranted }];
    }),
  );
  return (name) => hosts.get(name);
}

/** By name of the kernel, as in `buildOf`. */
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
