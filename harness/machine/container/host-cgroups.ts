import { readFile } from 'node:fs/promises';
import { InfraError } from '../../errors.ts';

/** How a host mounts its cgroups. Its containers have them in the same way. */
export type HostCgroupMode = 'v1' | 'hybrid' | 'v2';

export interface CgroupMount {
  /** Where it is mounted. */
  readonly path: string;
  readonly version: 1 | 2;
  /** Of v1: the hierarchy's controllers, or `name=…`; empty for v2. */
  readonly controllers: readonly string[];
}

const ROOT = '/sys/fs/cgroup';

/** Of this host, without asking an engine. Rejects with an InfraError if it mounts no cgroups. */
export async function readHostCgroupMode(): Promise<HostCgroupMode> {
  const mode = cgroupModeOf(await readCgroupMounts());
  if (mode === undefined) {
    throw new InfraError(`this host mounts no cgroups at ${ROOT}, where containers need them`, {
      code: 'NO_CGROUPS',
      remedy: 'mount them as the distribution does, or run cells whose machine is QEMU',
    });
  }
  return mode;
}

export async function readCgroupMounts(): Promise<readonly CgroupMount[]> {
  return parseCgroupMounts(await readFile('/proc/self/mountinfo', 'utf8'));
}

/**
 * Hybrid is what systemd calls so: v1 hierarchies, and cgroup2 beside them. A cgroup2 elsewhere
 * belongs to some program and is not part of the mode. Undefined if there is neither.
 */
export function cgroupModeOf(mounts: readonly CgroupMount[]): HostCgroupMode | undefined {
  const standard = mounts.filter(({ path }) => path === ROOT || path.startsWith(`${ROOT}/`));
  const has1 = standard.some(({ version }) => version === 1);
  const has2 = standard.some(({ version }) => version === 2);
  if (has1) return has2 ? 'hybrid' : 'v1';
  return has2 ? 'v2' : undefined;
}

/** @param mountinfo `/proc/PID/mountinfo` (proc_pid_mountinfo(5)). */
export function parseCgroupMounts(mountinfo: string): readonly CgroupMount[] {
  return mountinfo.split('\n').flatMap(parseMount);
}

/** The fields are those of a mount, a hyphen, and those of its file system. */
function parseMount(line: string): CgroupMount[] {
  const [mount = '', fileSystem = ''] = line.split(' - ', 2);
  const path = unescapePath(mount.split(' ')[4] ?? '');
  const [type, , options = ''] = fileSystem.split(' ');
  if (type === 'cgroup2') return [{ path, version: 2, controllers: [] }];
  if (type !== 'cgroup') return [];
  const controllers = options.split(',').filter(isController);
  return [{ path, version: 1, controllers }];
}

/** Options of a v1 hierarchy that are no controllers (kernel kernel/cgroup/cgroup-v1.c). */
const HIERARCHY_OPTIONS = new Set([
  'rw',
  'ro',
  'xattr',
  'noprefix',
  'clone_children',
  'cpuset_v2_mode',
  'favordynmods',
]);

function isController(option: string): boolean {
  return !HIERARCHY_OPTIONS.has(option) && !option.startsWith('release_agent=');
}

/** Spaces and the like are `\040`. */
function unescapePath(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
