/** What this host can do for a run. */
import { availableParallelism, freemem, release, totalmem } from 'node:os';
import { InfraError } from '../errors.ts';
import type { HostFacts, MachineFacts } from '../events.ts';
import { type BootableKernel, isBootable, type KernelImage } from '../kernels/kernel-image.ts';
import type { QemuHost } from '../machine/qemu/find-qemu.ts';
import { probeKvm } from '../machine/qemu/probe-kvm.ts';
import type { Limits } from '../matrix/matrix.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { ResolvedKernels } from '../prepare/run-inputs.ts';
import { readVersion } from './version.ts';

const MIB = 1024 * 1024;
/** What QEMU itself takes in addition to a guest's memory. */
const MACHINE_MIB = 120;

/** Hardware virtualisation only if a guest with one of these kernels was seen to boot on it. */
export async function chooseAccelerator(
  root: string,
  kernels: ResolvedKernels,
  host?: QemuHost,
): Promise<'kvm' | 'tcg'> {
  const kernel = [...kernels.values()].find(isBootableKernel);
  if (kernel === undefined) return 'tcg';
  const { outcome } = await probeKvm(
    omitUndefined({ cacheRoot: root, kernel: kernel.image, host }),
  );
  return outcome === 'works' ? 'kvm' : 'tcg';
}

function isBootableKernel(resolved: KernelImage | InfraError): resolved is BootableKernel {
  return !(resolved instanceof InfraError) && isBootable(resolved);
}

/** How many guests at a time: as many as asked for, or as CPUs and free memory allow. */
export function countJobs(asked: number | undefined, { memoryMib }: Limits): number {
  if (asked !== undefined) return asked;
  const fitting = Math.floor(freemem() / MIB / (memoryMib + MACHINE_MIB));
  return Math.max(1, Math.min(availableParallelism(), fitting));
}

export function hostFacts(machines: readonly MachineFacts[]): HostFacts {
  return {
    kmx: readVersion(),
    node: process.version,
    kernel: release(),
    cpus: availableParallelism(),
    memoryMib: Math.round(totalmem() / MIB),
    machines,
  };
}
