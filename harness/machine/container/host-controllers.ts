/** Which controllers this host has on v1 and on v2. Needs no container engine. */
import { existsSync, readFileSync } from 'node:fs';

export interface ControllersByVersion {
  readonly v1: ReadonlySet<string>;
  readonly v2: ReadonlySet<string>;
}

/** cgroups(7): the v2 hierarchy is at the first if it is alone, at the second beside those of v1. */
const V2_PLACES = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].map(
  (place) => `${place}/cgroup.controllers`,
);

export function hostControllers(): ControllersByVersion {
  const v2 = V2_PLACES.find((path) => existsSync(path));
  const offered = v2 === undefined ? '' : readFileSync(v2, 'utf8');
  return {
    v1: v1ControllersOf(readFileSync('/proc/self/cgroup', 'utf8')),
    v2: new Set(offered.split(/\s+/).filter((name) => name !== '')),
  };
}

/**
 * Of all hierarchies that the host has, wherever they are mounted.
 * @param text As in cgroups(7), /proc/[pid]/cgroup: `4:cpu,cpuacct:/`, `1:name=systemd:/`, `0::/` for v2.
 */
export function v1ControllersOf(text: string): ReadonlySet<string> {
  const lists = text.split('\n').map((line) => /^[1-9]\d*:([^:]*):/.exec(line)?.[1] ?? '');
  const names = lists.flatMap((list) => list.split(','));
  return new Set(names.filter((name) => name !== '' && !name.startsWith('name=')));
}
