import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { resolveHostKernel } from '../kernels/host/host-kernel.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { readHostCgroupMode } from '../machine/container/host-cgroups.ts';
import type { ContainerHost, Lack } from './selftest-host.ts';

/** Asks the engine, so only call it if a case needs containers. */
export async function findContainerHost(): Promise<ContainerHost | Lack> {
  try {
    await connectEngine();
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    return { lacks: error.message };
  }
  return { kernel: await resolveHostKernel(), cgroup: await readHostCgroupMode() };
}

/** Whether `scripts/engine` can start one: that takes root and the programs of an engine. */
export function canStartEngine(): boolean {
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(':');
  const isThere = (program: string): boolean =>
    folders.some((folder) => existsSync(join(folder, program)));
  return process.getuid?.() === 0 && ['dockerd', 'containerd', 'runc'].every(isThere);
}
