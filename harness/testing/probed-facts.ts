import type { ProbedFacts } from '../guest-facts.ts';

/** A kernel like Debian's 6.12, with few files. */
export function probedFacts(others: Partial<ProbedFacts> = {}): ProbedFacts {
  return {
    v1Mounts: { cpu: 'ok', cpuset: 'EINVAL' },
    v1Named: 'ok',
    v1Files: ['cpu.shares'],
    v2Enables: { cpu: 'ok', cpuset: 'ok' },
    v2Files: ['cpu.max', 'cpuset.cpus'],
    mountOptions: { favordynmods: 'ok', nsdelegate: 'ok' },
    procCgroups: { cpu: 'enabled', cpuset: 'enabled' },
    disagreements: [
      '/proc/cgroups lists cpuset as enabled, but a v1 mount of it fails with EINVAL',
    ],
    psi: true,
    swapAccounting: true,
    namespaces: ['cgroup', 'user'],
    lsms: ['capability', 'apparmor'],
    hz: 250,
    warnings: [],
    ...others,
  };
}
