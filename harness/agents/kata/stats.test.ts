import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect } from 'chai';
import { AgentError } from '../agent.ts';
import { StatsContainerResponseSchema } from './generated/agent_pb.js';
import { readStats } from './stats.ts';

const read = (response: MessageInitShape<typeof StatsContainerResponseSchema>) =>
  readStats(create(StatsContainerResponseSchema, response));

describe('container statistics', () => {
  it('lack the part of a controller that the agent did not find', () => {
    expect(read({})).to.deep.equal({});
    expect(read({ cgroupStats: {} })).to.deep.equal({});
    expect(read({ cgroupStats: { cpuStats: {}, pidsStats: { current: 2n } } })).to.deep.equal({
      cpu: {},
      pids: { current: 2, limit: 'max' },
    });
  });

  it('are plain numbers with their units in their names', () => {
    const stats = read({
      cgroupStats: {
        cpuStats: {
          cpuUsage: {
            totalUsage: 30n,
            percpuUsage: [10n, 20n],
            usageInKernelmode: 5n,
            usageInUsermode: 25n,
          },
          throttlingData: { periods: 4n, throttledPeriods: 2n, throttledTime: 9n },
        },
        memoryStats: {
          cache: 4096n,
          usage: { usage: 8192n, maxUsage: 9000n, failcnt: 1n, limit: 65536n },
          swapUsage: { usage: 1n, maxUsage: 2n, failcnt: 3n, limit: 4n },
          kernelUsage: { usage: 5n, maxUsage: 6n, failcnt: 7n, limit: 8n },
          stats: { anon: 4096n },
        },
        pidsStats: { current: 3n, limit: 10n },
      },
    });
    expect(stats).to.deep.equal({
      cpu: {
        usage: { totalNs: 30, kernelNs: 5, userNs: 25, perCpuNs: [10, 20] },
        throttling: { periods: 4, throttledPeriods: 2, throttledNs: 9 },
      },
      memory: {
        usageBytes: 8192,
        maxUsageBytes: 9000,
        failCount: 1,
        limitBytes: 65536,
        cacheBytes: 4096,
        swap: { usageBytes: 1, maxUsageBytes: 2, failCount: 3, limitBytes: 4 },
        kernel: { usageBytes: 5, maxUsageBytes: 6, failCount: 7, limitBytes: 8 },
        stats: { anon: 4096 },
      },
      pids: { current: 3, limit: 10 },
    });
  });

  it('report no limit as max, on v1 and on v2', () => {
    for (const unlimited of [9_223_372_036_854_771_712n, 18_446_744_073_709_551_615n]) {
      const stats = { hierarchical_memory_limit: unlimited };
      const { memory } = read({
        cgroupStats: { memoryStats: { usage: { limit: unlimited }, stats } },
      });
      expect(memory?.limitBytes).to.equal('max');
      expect(memory?.stats).to.deep.equal({ hierarchical_memory_limit: 'max' });
    }
  });

  it('are malformed if a count is absurd or the memory usage is missing', () => {
    expect(() => read({ cgroupStats: { pidsStats: { current: 2n ** 63n } } })).to.throw(
      AgentError,
      'MALFORMED_ANSWER: processes: expected less than 2^53, found 9223372036854775808',
    );
    expect(() => read({ cgroupStats: { memoryStats: { cache: 1n } } })).to.throw(
      AgentError,
      'MALFORMED_ANSWER: memory statistics without the usage',
    );
  });
});
