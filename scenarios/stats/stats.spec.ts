import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

const MIB = 1024 * 1024;

describe('container statistics', () => {
  requires({ controllers: ['cpu', 'memory', 'pids'] });
  const guest = useGuest();

  it('agree with the kernel’s files', async () => {
    const container = await guest.runContainer({
      runs: workload('hold', '--mib', 16),
      resources: { memory: { limitBytes: 64 * MIB }, pids: { limit: 32 } },
    });
    await container.expectLimits();
    let held = 0;
    while (held < 16) held = Number((await container.output.next('held')).mib);
    const stats = await container.stats();
    expect(stats.memory?.usageBytes).to.be.within(16 * MIB, 64 * MIB);
    expect(stats.memory?.limitBytes).to.equal(64 * MIB);
    expect(stats.pids).to.deep.equal({ current: 1, limit: 32 });
    const usage = { v1: 'memory.usage_in_bytes', v2: 'memory.current' };
    const kernelBytes = Number(await container.cgroup.readEither('memory', usage));
    expect(stats.memory?.usageBytes).to.be.closeTo(kernelBytes, 2 * MIB);
  });

  it('count CPU time that only grows', async () => {
    const container = await guest.runContainer({ runs: workload('spin') });
    await container.output.next('started');
    const first = (await container.stats()).cpu?.usage?.totalNs ?? 0;
    await new Promise((resolve) => setTimeout(resolve, 300));
    const second = (await container.stats()).cpu?.usage?.totalNs ?? 0;
    expect(first).to.be.above(0);
    expect(second).to.be.above(first);
  });
});
