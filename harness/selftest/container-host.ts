import { InfraError } from '../errors.ts';
import { resolveHostKernel } from '../kernels/host/host-kernel.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import type { ContainerHost } from './selftest-case.ts';

/** Asks the engine, so only call it if a case needs containers. */
export async function findContainerHost(): Promise<ContainerHost> {
  try {
    await connectEngine();
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return { lacks: error.message };
  }
  return { kernel: await resolveHostKernel(), cgroup: await readHostCgroupMode() };
}
