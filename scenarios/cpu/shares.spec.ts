import type { Container } from '../support/container.ts';
import { cpuMsOfEach } from '../support/cpu-time.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('CPU shares', () => {
  requires({ controllers: ['cpu'] });
  const guest = useGuest();

  it('reach the kernel as shares on v1 and as a weight on v2', async () => {
    const small = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { cpu: { shares: 256 } },
    });
    const large = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { cpu: { shares: 2048 } },
    });
    for (const container of [small, large]) await container.expectLimits();
    if (guest.facts.cgroup !== 'v2') return;
    const weightOf = async ({ cgroup }: Container): Promise<number> =>
      Number(await cgroup.read('cpu', 'cpu.weight'));
    // Agents convert shares to a weight by different formulas, but all keep the order.
    expect(await weightOf(small)).to.be.below(await weightOf(large));
  });

  it('divide the CPUs between two busy containers', async () => {
    const runs = workload('spin', '--threads', guest.facts.cpus);
    const containers = await Promise.all(
      [128, 4096].map((shares) => guest.runContainer({ runs, resources: { cpu: { shares } } })),
    );
    for (const container of containers) await container.expectLimits();
    await Promise.all(containers.map(({ output }) => output.next('started')));
    // The kernel takes a while to spread new threads over the CPUs.
    await guest.eventually(async () => {
      const [less = 0, more = 0] = await cpuMsOfEach(guest, containers);
      expect(more).to.be.above(5 * less);
    }, guest.limits.testTimeoutMs / 2);
  });
});
