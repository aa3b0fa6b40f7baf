import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InfraError } from '../errors.ts';
import { findOwnCgroups } from '../machine/container/own-cgroups.ts';
import { readMemory } from './memory.ts';

const MIB = 1024 * 1024;
/** Bytes, on v2 and on v1 (kernel Documentation/admin-guide/cgroup-v2.rst, cgroup-v1/memory.rst). */
const USAGE_FILES = ['memory.current', 'memory.usage_in_bytes'];

export interface ContainerMemory {
  /** What the container is charged with. */
  readonly cgroupMib: number;
  /** Resident pages of its processes, added. */
  readonly rssMib: number;
}

/** @param pid Of its PID 1, as the host sees it. */
export async function readContainerMemory(pid: number): Promise<ContainerMemory> {
  const id = /[0-9a-f]{64}/.exec(await readFile(`/proc/${pid}/cgroup`, 'utf8'))?.[0];
  const folders = id === undefined ? [] : findOwnCgroups(pid, id);
  const usages = await Promise.all(folders.map(readUsage));
  const bytes = usages.find((usage) => usage !== undefined);
  if (id === undefined || bytes === undefined) {
    throw new InfraError('the container has no cgroup that counts its memory', { code: 'BENCH' });
  }
  const pids = await processesOf(id);
  const each = await Promise.all(pids.map((one) => readMemory(one)));
  return {
    cgroupMib: bytes / MIB,
    rssMib: each.reduce((sum, { rssMib }) => sum + rssMib, 0),
  };
}

async function readUsage(folder: string): Promise<number | undefined> {
  for (const file of USAGE_FILES) {
    const text = await readFile(join(folder, file), 'utf8').catch(() => undefined);
    if (text !== undefined) return Number(text);
  }
  return undefined;
}

/** Those in a cgroup of the container, of whatever depth. */
async function processesOf(id: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const cgroups = await Promise.all(
    pids.map((pid) => readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')),
  );
  return pids.filter((_, place) => cgroups[place]?.includes(id)).map(Number);
}
