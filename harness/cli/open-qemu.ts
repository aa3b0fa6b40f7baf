/** Machines of the kind `qemu`: the host's QEMU, or one in a container. */
import { availableParallelism, cpus as processors } from 'node:os';
import { digestOf } from '../cache/digest.ts';
import { InfraError } from '../errors.ts';
import type { MachineFacts } from '../events.ts';
import { createMachine } from '../machine/machines.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import type { MachineSource } from '../matrix/matrix.ts';
import { scaleLimits } from '../matrix/scaled-limits.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import type { OpenedMachine, OpenMachinesOptions } from './opened-machine.ts';
import { spawner } from './project.ts';
import { chooseAccelerator } from './run-host.ts';

type QemuSource = Extract<MachineSource, { readonly kind: 'qemu' }>;

/** A QEMU that can be used, and what reports say of where it is from. */
type FoundQemu = { readonly host: QemuHost } & Pick<MachineFacts, 'engine' | 'image'>;

export async function openQemu(
  name: string,
  source: QemuSource,
  options: OpenMachinesOptions,
): Promise<OpenedMachine> {
  const { matrix, cacheRoot, jobs, hasTemplates } = options;
  const finding = source.in === 'host' ? findHostQemu(options) : undefined;
  const [kernels] = await Promise.all([options.kernels, finding]);
  const { host, ...from } =
    (await finding) ?? (await startContainerQemu(name, source, options, kernels));
  const accelerator = await chooseAccelerator(cacheRoot, kernels, host);
  const limits = scaleLimits(matrix.limits, { accelerator, jobs, cpus: availableParallelism() });
  const { version, hasSandbox, build } = host;
  const settings = { accelerator, host, startTimeoutMs: limits.machineStartTimeoutMs };
  return {
    machine: await createMachine({ kind: 'qemu', options: settings }, hasTemplates),
    limits,
    inputs: {
      ...{ accelerator, qemu: version, processor: processors()[0]?.model ?? '' },
      ...(from.image === undefined ? {} : { image: from.image }),
    },
    facts: {
      ...{ name, kind: 'qemu', accelerator, version, ...from },
      ...(hasSandbox ? {} : { lacksSandbox: true }),
    },
    digests: { [`machine ${name}`]: digestOf(build) },
  };
}

async function findHostQemu({ findQemu }: OpenMachinesOptions): Promise<FoundQemu> {
  return { host: await findQemu() };
}

/** Fetches its packages and builds its image if they are not there yet. */
async function startContainerQemu(
  name: string,
  { suites }: QemuSource,
  options: OpenMachinesOptions,
  kernels: ResolvedKernels,
): Promise<FoundQemu> {
  const { cacheRoot, mirror, offline, onProgress, resources } = options;
  // Loading the client of the engine takes a fifth of a second.
  const [{ createContainerQemu }, { provideQemuRoot }] = await Promise.all([
    import('../machine/qemu/container/container-qemu.ts'),
    import('../images/qemu-root.ts'),
  ]);
  const root = await provideQemuRoot(suites, {
    cacheRoot,
    onProgress: (progress) => onProgress({ ...progress, kernel: name }),
    ...omitUndefined({ mirror, offline }),
  });
  const files = [...kernels.values()].flatMap((kernel) =>
    kernel instanceof InfraError ? [] : (kernel.image ?? []),
  );
  const qemu = await createContainerQemu({ root, spawner, cacheRoot, files });
  resources.use(qemu);
  const { host, engine, image } = qemu;
  return { host, engine, image };
}
