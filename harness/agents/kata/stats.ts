import { AgentError } from '../agent.ts';
import type {
  ContainerStats,
  CpuStats,
  Limit,
  MemoryStats,
  MemoryUsage,
  PidsStats,
} from '../container-stats.ts';
import type * as wire from './generated/agent_pb.js';

/** @throws AgentError if the answer makes no sense, such as memory statistics without the usage */
export function readStats({ cgroupStats }: wire.StatsContainerResponse): ContainerStats {
  const { cpuStats, memoryStats, pidsStats } = cgroupStats ?? {};
  return {
    ...(cpuStats && { cpu: readCpu(cpuStats) }),
    ...(memoryStats && { memory: readMemory(memoryStats) }),
    ...(pidsStats && { pids: readPids(pidsStats) }),
  };
}

function readCpu({ cpuUsage, throttlingData }: wire.CpuStats): CpuStats {
  return {
    ...(cpuUsage && {
      usage: {
        totalNs: count('total CPU usage', cpuUsage.totalUsage),
        kernelNs: count('kernel CPU usage', cpuUsage.usageInKernelmode),
        userNs: count('user CPU usage', cpuUsage.usageInUsermode),
        perCpuNs: cpuUsage.percpuUsage.map((usage) => count('usage of a CPU', usage)),
      },
    }),
    ...(throttlingData && {
      throttling: {
        periods: count('CPU periods', throttlingData.periods),
        throttledPeriods: count('throttled CPU periods', throttlingData.throttledPeriods),
        throttledNs: count('throttled CPU time', throttlingData.throttledTime),
      },
    }),
  };
}

function readMemory(memory: wire.MemoryStats): MemoryStats {
  const { usage, swapUsage, kernelUsage } = memory;
  if (usage === undefined) throw malformed('memory statistics without the usage');
  return {
    ...readMemoryUsage(usage),
    cacheBytes: count('memory cache', memory.cache),
    ...(swapUsage && { swap: readMemoryUsage(swapUsage) }),
    ...(kernelUsage && { kernel: readMemoryUsage(kernelUsage) }),
    stats: Object.fromEntries(
      Object.entries(memory.stats).map(([name, value]) => [name, limit(value)]),
    ),
  };
}

function readMemoryUsage(data: wire.MemoryData): MemoryUsage {
  return {
    usageBytes: count('memory usage', data.usage),
    maxUsageBytes: count('highest memory usage', data.maxUsage),
    failCount: count('memory failures', data.failcnt),
    limitBytes: limit(data.limit),
  };
}

function readPids(pids: wire.PidsStats): PidsStats {
  return {
    current: count('processes', pids.current),
    // Agents report a pids.max of `max` as 0.
    limit: pids.limit === 0n ? 'max' : limit(pids.limit),
  };
}

/** No limit is 2^63 less one page on v1; on v2 agents send -1, which becomes 2^64 - 1. */
function limit(value: bigint): Limit {
  return value > BigInt(Number.MAX_SAFE_INTEGER) ? 'max' : Number(value);
}

function count(what: string, value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw malformed(`${what}: expected less than 2^53, found ${value}`);
  }
  return Number(value);
}

function malformed(reason: string): AgentError {
  return new AgentError('StatsContainer', 'MALFORMED_ANSWER', reason);
}
