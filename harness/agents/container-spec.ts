/** Namespaces that a container can have. Every agent adds a pid namespace by itself. */
export type Namespace = 'mount' | 'ipc' | 'uts' | 'network' | 'cgroup' | 'user';

/** Limits of the cpu and cpuset controllers. */
export interface CpuResources {
  /** Relative weight in cgroup v1 units, 2 to 262144; agents convert it on v2. */
  readonly shares?: number;
  /** CPU time per period, in microseconds. */
  readonly quotaUs?: number;
  readonly periodUs?: number;
  /** Lists in the kernel's format, for example `0-1,3`. */
  readonly cpus?: string;
  readonly mems?: string;
}

/** Limits of the memory controller. */
export interface MemoryResources {
  readonly limitBytes?: number;
  readonly reservationBytes?: number;
  /** Memory plus swap, as in OCI. */
  readonly swapBytes?: number;
  /** 0 to 100. */
  readonly swappiness?: number;
  readonly disableOomKiller?: boolean;
}

/** Limits of the pids controller. */
export interface PidsResources {
  /** Maximum number of processes and threads. */
  readonly limit: number;
}

/**
 * What a container may use. Presence matters: a part that is present, even if empty, makes the agent
 * use that controller; an absent part is not sent at all.
 */
export interface Resources {
  readonly cpu?: CpuResources;
  readonly memory?: MemoryResources;
  readonly pids?: PidsResources;
}

/** What a process runs as. */
export interface ProcessSpec {
  /** The program and its arguments; the program is looked up in the container's `PATH`. */
  readonly arguments: readonly string[];
  /** Default: only a `PATH` with `/bin`. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Default: `/`. */
  readonly workingDirectory?: string;
}

/** A container to create, in terms that fit every kind of agent. */
export interface ContainerSpec extends ProcessSpec {
  readonly id: string;
  /** The directory in the guest that becomes the container's root. Default: `/rootfs`. */
  readonly rootfs?: string;
  /** Relative to the cgroup root. Default: see {@link containerCgroupPath}. */
  readonly cgroupPath?: string;
  /** Absent: no resources are sent at all, which is not the same as `{}`. */
  readonly resources?: Resources;
  /** Requires the `uts` namespace. */
  readonly hostname?: string;
  /** Default: `mount`, `ipc` and `uts`. */
  readonly namespaces?: readonly Namespace[];
}

/** The path of a container's cgroup, relative to the root of every hierarchy. */
export function containerCgroupPath(spec: Pick<ContainerSpec, 'id' | 'cgroupPath'>): string {
  return spec.cgroupPath ?? `/kmx/${spec.id}`;
}
