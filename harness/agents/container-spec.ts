/** Namespaces a container can have of its own. Every agent adds a pid namespace by itself. */
export type Namespace = 'mount' | 'ipc' | 'uts' | 'network' | 'cgroup' | 'user';

/** Limits of the cpu and cpuset controllers. */
export interface CpuResources {
  /** Relative weight, 2 to 262144, as cgroup v1 counts it; agents convert it on v2. */
  readonly shares?: number;
  /** CPU time allowed in each period, in microseconds. */
  readonly quotaUs?: number;
  readonly periodUs?: number;
  /** Lists as the kernel reads them, for example `0-1,3`. */
  readonly cpus?: string;
  readonly mems?: string;
}

/** Limits of the memory controller. */
export interface MemoryResources {
  readonly limitBytes?: number;
  readonly reservationBytes?: number;
  /** Memory and swap together, as OCI counts it. */
  readonly swapBytes?: number;
  /** 0 to 100. */
  readonly swappiness?: number;
  readonly disableOomKiller?: boolean;
}

/** Limits of the pids controller. */
export interface PidsResources {
  /** Most processes and threads at a time. */
  readonly limit: number;
}

/**
 * What a container may use. Presence has a meaning: a part that is there, even empty, makes the
 * agent touch that controller; a part that is absent is not sent at all.
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

/** A container to create, in words that every kind of agent can be told. */
export interface ContainerSpec extends ProcessSpec {
  readonly id: string;
  /** Folder in the guest that becomes the container's root. Default: `/rootfs`. */
  readonly rootfs?: string;
  /** Below the cgroup root. Default: see {@link containerCgroupPath}. */
  readonly cgroupPath?: string;
  /** Absent: the agent is told of no resources at all, which is not the same as `{}`. */
  readonly resources?: Resources;
  /** Needs the `uts` namespace. */
  readonly hostname?: string;
  /** Default: `mount`, `ipc` and `uts`. */
  readonly namespaces?: readonly Namespace[];
}

/** Where a container's cgroup lies below the root of every hierarchy. */
export function containerCgroupPath(spec: Pick<ContainerSpec, 'id' | 'cgroupPath'>): string {
  return spec.cgroupPath ?? `/kmx/${spec.id}`;
}
