/** `max` is the kernel's word for no limit; it also stands for numbers over 2^53 - 1 bytes. */
export type Limit = number | 'max';

/** CPU time used since the container's cgroup was created. */
export interface CpuUsage {
  readonly totalNs: number;
  readonly kernelNs: number;
  readonly userNs: number;
  /** Empty if the kernel does not count per CPU (cgroup v2). */
  readonly perCpuNs: readonly number[];
}

/** How often and how long a CPU quota held the container back. */
export interface CpuThrottling {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledNs: number;
}

/** Statistics of the cpu controllers. */
export interface CpuStats {
  /** Absent if the guest lacks the controller that accounts for CPU time. */
  readonly usage?: CpuUsage;
  /** Absent if the guest lacks the controller that distributes CPU time. */
  readonly throttling?: CpuThrottling;
}

/** Usage and limit of one kind of memory. */
export interface MemoryUsage {
  readonly usageBytes: number;
  readonly maxUsageBytes: number;
  /** How often the limit was hit. */
  readonly failCount: number;
  readonly limitBytes: Limit;
}

/** Statistics of the memory controller. */
export interface MemoryStats extends MemoryUsage {
  readonly cacheBytes: number;
  readonly swap?: MemoryUsage;
  readonly kernel?: MemoryUsage;
  /** The entries of the cgroup's `memory.stat`. */
  readonly stats: Readonly<Record<string, Limit>>;
}

/** Statistics of the pids controller, in processes and threads. */
export interface PidsStats {
  readonly current: number;
  readonly limit: Limit;
}

/** A container's usage as the agent reports it. A part is absent if the agent found no controller for it. */
export interface ContainerStats {
  readonly cpu?: CpuStats;
  readonly memory?: MemoryStats;
  readonly pids?: PidsStats;
}
