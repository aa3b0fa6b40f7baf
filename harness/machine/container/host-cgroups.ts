/** How this host mounts its cgroups: its containers have the same. */
import { readFileSync } from 'node:fs';

/** As cells name it. */
export type HostCgroupMode = 'v1' | 'hybrid' | 'v2';

const PATH = '/proc/self/mountinfo';

/** Quick, and needs no container engine. */
export function hostCgroupMode(): HostCgroupMode {
  return cgroupModeOf(readFileSync(PATH, 'utf8'));
}

/**
 * By the words of systemd: hybrid is v1 with a v2 hierarchy beside it.
 * @param mountinfo As in proc(5): after ` - ` come the type, the source and the options.
 */
export function cgroupModeOf(mountinfo: string): HostCgroupMode {
  const types = new Set(mountinfo.split('\n').map((line) => line.split(' - ')[1]?.split(' ')[0]));
  if (!types.has('cgroup')) return 'v2';
  return types.has('cgroup2') ? 'hybrid' : 'v1';
}
