/** What `kmx doctor` says of the container engine: only what guests in containers need of it. */
import { constants, type FileHandle, open } from 'node:fs/promises';
import { InfraError } from '../errors.ts';
import { connectEngine } from '../machine/container/engine.ts';
import { describeEngine, type EngineFacts } from '../machine/container/engine-facts.ts';
import {
  cgroupModeOf,
  type HostCgroupMode,
  readCgroupMounts,
} from '../machine/container/host-cgroups.ts';
import { CGROUP_MODES } from '../matrix/cell.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { HostCheck } from './host-checks.ts';

const KERNEL_LOG = '/dev/kmsg';

/** The first is about whether there is one; without it, there are no others. */
export async function checkEngine(): Promise<readonly HostCheck[]> {
  try {
    const { facts, socketPath } = await connectEngine();
    return [
      { name: 'engine', state: 'fine', found: `${describeEngine(facts)} at ${socketPath}` },
      checkCgroups(cgroupModeOf(await readCgroupMounts()), facts),
      checkStorage(facts),
      checkSeccomp(facts),
      await checkKernelLog(KERNEL_LOG),
    ];
  } catch (error) {
    if (!(error instanceof InfraError)) throw error;
    const { message, remedy } = error;
    return [{ name: 'engine', state: 'reduced', found: message, ...omitUndefined({ remedy }) }];
  }
}

type CgroupFacts = Pick<EngineFacts, 'cgroupVersion' | 'cgroupDriver' | 'isRootless' | 'runtime'>;

/**
 * Which cells can run in containers, and whether these have cgroups of their own.
 * @param mode How the host mounts its cgroups; undefined if it mounts none.
 */
export function checkCgroups(
  mode: HostCgroupMode | undefined,
  { cgroupVersion, cgroupDriver, isRootless, runtime }: CgroupFacts,
): HostCheck {
  const name = 'engine cgroups';
  if (mode === undefined) {
    return {
      name,
      state: 'reduced',
      found: 'the host mounts none at /sys/fs/cgroup, so no guest can run in a container',
      remedy:
        'mount them as the distribution does (without systemd, on Debian: apt install cgroupfs-mount)',
    };
  }
  const others = CGROUP_MODES.filter((each) => each !== mode);
  const skipped = `in containers, cells of cgroup ${others.join(' and ')} are skipped`;
  const found = `${mode}, driver ${cgroupDriver}`;
  if (runtime === 'crun' && mode === 'hybrid') {
    return {
      name,
      state: 'reduced',
      found: `${found}: crun starts no container on a host that mounts both versions`,
      remedy:
        'apt install runc, and runtime = "runc" under [engine] in /etc/containers/containers.conf',
    };
  }
  if (!isRootless) return { name, state: 'fine', found: `${found}: ${skipped}` };
  if (cgroupVersion === 1) {
    return {
      name,
      state: 'reduced',
      found: `${found}: a rootless engine cannot make cgroups in v1, so no guest can run in a container`,
      remedy: 'use an engine that runs as root, or a host that has cgroup v2 alone',
    };
  }
  if (cgroupDriver === 'systemd') return { name, state: 'fine', found: `${found}: ${skipped}` };
  return {
    name,
    state: 'reduced',
    found: `${found}: a rootless engine has the controllers that systemd delegates to its user, so here none`,
    remedy: 'log in through systemd (loginctl), so that the engine can use the driver systemd',
  };
}

export function checkStorage({ storageDriver }: Pick<EngineFacts, 'storageDriver'>): HostCheck {
  const name = 'engine storage';
  if (storageDriver !== 'vfs') return { name, state: 'fine', found: storageDriver };
  return {
    name,
    state: 'reduced',
    found: 'vfs, which copies the whole image for each container',
    remedy:
      "keep the engine's images on ext4 or xfs (rootless Podman: apt install fuse-overlayfs, then podman system reset, which removes all images)",
  };
}

export function checkSeccomp({ hasSeccomp }: Pick<EngineFacts, 'hasSeccomp'>): HostCheck {
  const name = 'engine seccomp';
  if (hasSeccomp) return { name, state: 'fine', found: 'containers have its profile' };
  return {
    name,
    state: 'reduced',
    found: 'none: an agent in a container may make any system call that its capabilities allow',
    remedy: 'use an engine that was built with seccomp, as Debian builds them (docs/security.md)',
  };
}

/**
 * Whether a report can have what the kernel said about a guest: oopses, hung tasks, the OOM killer.
 * @param path Of the kernel's log.
 */
export async function checkKernelLog(path: string): Promise<HostCheck> {
  const name = 'kernel log';
  let log: FileHandle | undefined;
  try {
    log = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    return { name, state: 'fine', found: `${path} can be read` };
  } catch (error) {
    return {
      name,
      state: 'reduced',
      found: `${path} cannot be read (${(error as NodeJS.ErrnoException).code}): reports lack what the kernel says about containers`,
      remedy: 'sysctl kernel.dmesg_restrict=0, or run kmx as a user with the capability SYSLOG',
    };
  } finally {
    await log?.close();
  }
}
