/** The machines that the cells of a run name, on this host. */
import { availableParallelism } from 'node:os';
import { digestOf } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import { type MachineSource, namedValue } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { openQemu } from './open-qemu.ts';
import type { OpenedMachine, OpenMachinesOptions } from './opened-machine.ts';

/**
 * By name. If this host can provide none of them, rejects with an InfraError: nothing could be
 * measured.
 */
export async function openMachines(
  options: OpenMachinesOptions,
): Promise<ReadonlyMap<string, OpenedMachine>> {
  const names = [...new Set(options.plan.cells.map(({ machine }) => machine))];
  const opened = await Promise.all(
    names.map(async (name) => {
      const source = namedValue(options.matrix.machines, name);
      return [name, await open(name, source, options).catch(notThere(options))] as const;
    }),
  );
  const faults = opened.flatMap(([, { machine }]) =>
    machine instanceof InfraError ? machine : [],
  );
  if (faults[0] !== undefined && faults.length === opened.length) throw faults[0];
  return new Map(opened);
}

function open(
  name: string,
  source: MachineSource,
  options: OpenMachinesOptions,
): Promise<OpenedMachine> {
  switch (source.kind) {
    case 'qemu':
      return openQemu(name, source, options);
    case 'container':
      return openContainers(name, source, options);
  }
}

/** Nobody can tell all that results depend on in a container: what else the host does, for one. */
async function openContainers(
  name: string,
  { privileged }: Extract<MachineSource, { readonly kind: 'container' }>,
  { matrix, jobs, resources }: OpenMachinesOptions,
): Promise<OpenedMachine> {
  // Loading the client of the engine takes a fifth of a second.
  const { createContainerMachine } = await import('../machine/container/container-machine.ts');
  const limits = scaleLimits(matrix.limits, {
    ...{ accelerator: 'none', jobs, cpus: availableParallelism() },
  });
  const startTimeoutMs = limits.machineStartTimeoutMs;
  // Most tests are shorter than a start; but where every CPU has a job, more starts at a time would
  // only take time from the tests that run.
  const sparesAhead = jobs < availableParallelism() ? 2 : 1;
  const options = { privileged, startTimeoutMs, sparesAhead };
  const machine = resources.use(await createContainerMachine(options));
  const { engine, version, privileges, kernelLogFault } = machine;
  return {
    machine,
    limits,
    facts: {
      ...{ name, kind: 'container', accelerator: 'none', version, engine, privileges },
      ...omitUndefined({ kernelLogFault }),
    },
    digests: { [`machine ${name}`]: digestOf(engine) },
  };
}

/** The cells of a machine that is not there are misses, as long as others can run. */
function notThere({ matrix, jobs }: OpenMachinesOptions) {
  return (error: unknown): OpenedMachine => {
    if (!(error instanceof InfraError)) throw error;
    const host = { accelerator: 'none', jobs, cpus: availableParallelism() };
    return { machine: error, limits: scaleLimits(matrix.limits, host), inputs: {}, digests: {} };
  };
}
