/** `max` is the kernel's word for no limit; it also stands for numbers over 2^53 - 1 bytes. */
export type Limit = number | 'max';

/** CPU time used since the container's cgroup was made. */
export interface CpuUsage {
  readonly totalNs: number;
  readonly kernelNs: number;
  readonly userNs: number;
  /** Empty where the kernel does not count by CPU (cgroup v2). */
  readonly perCpuNs: readonly number[];
}

/** How often and how long a CPU quota held the container back. */
export interface CpuThrottling {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledNs: number;
}

/** What the cpu controllers say. */
export interface CpuStats {
  /** Absent where the controller that accounts CPU time is. */
  readonly usage?: CpuUsage;
  /** Absent where the controller that distributes CPU time is. */
  readonly throttling?: CpuThrottling;
}

/** One kind of memory: use and limit. */
export interface MemoryUsage {
  readonly usageBytes: number;
  readonly maxUsageBytes: number;
  /** How often the limit was hit. */
  readonly failCount: number;
  readonly limitBytes: Limit;
}

/** What the memory controller says; the usage is that of all memory. */
export interface MemoryStats extends MemoryUsage {
  readonly cacheBytes: number;
  readonly swap?: MemoryUsage;
  readonly kernel?: MemoryUsage;
  /** The lines of the cgroup's `memory.stat`. */
  readonly stats: Readonly<Record<string, Limit>>;
}

/** What the pids controller says, in processes and threads. */
export interface PidsStats {
  readonly current: number;
  readonly limit: Limit;
}

/** What the agent says a container uses. A part is absent where the agent found no controller for it. */
export interface ContainerStats {
  readonly cpu?: CpuStats;
  readonly memory?: MemoryStats;
  readonly pids?: PidsStats;
}
