/** The machines that the cells of a run name, on this host. */
import { availableParallelism, cpus as processors } from 'node:os';
import { digestOf } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import type { MachineFacts } from '../events.ts';
import { createMachine } from '../machine/machines.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import { type MachineSource, type Matrix, namedValue, type Plan } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { RunMachine } from '../run/plan-options.ts';
import { chooseAccelerator } from './run-host.ts';

export interface OpenedMachine extends RunMachine {
  /** Absent where this host cannot provide it. */
  readonly facts?: MachineFacts;
  /** Digests of what a run may only be resumed with, by name. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface OpenMachinesOptions {
  readonly matrix: Matrix;
  readonly plan: Plan;
  readonly kernels: ResolvedKernels;
  readonly cacheRoot: string;
  readonly jobs: number;
  /** False: every guest boots. */
  readonly hasTemplates: boolean;
  /** The host's QEMU, which is only looked for if a cell needs it. */
  readonly findQemu: () => Promise<QemuHost>;
  /** For what is to be disposed of at the end of the run. */
  readonly resources: AsyncDisposableStack;
}

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
      return openQemu(name, options);
    case 'container':
      return openContainers(name, source, options);
  }
}

async function openQemu(name: string, options: OpenMachinesOptions): Promise<OpenedMachine> {
  const { matrix, kernels, cacheRoot, jobs, hasTemplates } = options;
  const host = await options.findQemu();
  const accelerator = await chooseAccelerator(cacheRoot, kernels, host);
  const limits = scaleLimits(matrix.limits, { accelerator, jobs, cpus: availableParallelism() });
  const { version, hasSandbox, build } = host;
  return {
    machine: await createMachine(
      {
        kind: 'qemu',
        options: { accelerator, host, startTimeoutMs: limits.machineStartTimeoutMs },
      },
      hasTemplates,
    ),
    limits,
    inputs: { accelerator, qemu: version, processor: processors()[0]?.model ?? '' },
    facts: {
      ...{ name, kind: 'qemu', accelerator, version },
      ...(hasSandbox ? {} : { lacksSandbox: true }),
    },
    digests: { [`machine ${name}`]: digestOf(build) },
  };
}

/** Nobody can tell all that results depend on in a container: what else the host does, for one. */
async function openContainers(
  name: string,
  { privileged }: Extract<MachineSource, { readonly kind: 'container' }>,
  { matrix, jobs, resources }: OpenMachinesOptions,
): Promise<OpenedMachine> {
  // Loading the client of the engine takes half a second.
  const { createContainerMachine } = await import('../machine/container/container-machine.ts');
  const limits = scaleLimits(matrix.limits, {
    ...{ accelerator: 'none', jobs, cpus: availableParallelism() },
  });
  const startTimeoutMs = limits.machineStartTimeoutMs;
  const machine = resources.use(await createContainerMachine({ privileged, startTimeoutMs }));
  const { engine, version, privileges } = machine;
  return {
    machine,
    limits,
    facts: { name, kind: 'container', accelerator: 'none', version, engine, privileges },
    digests: { [`containers of ${name}`]: digestOf(engine) },
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
