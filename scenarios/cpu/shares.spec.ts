import { cpuMsOfEach } from '../support/cpu-time.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('CPU shares', () => {
  requires({ controllers: ['cpu'] });
  const guest = useGuest();

  it('reach the cgroup as shares on v1 and as a weight on v2', async () => {
    const small = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { cpu: { shares: 256 } },
    });
    const large = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { cpu: { shares: 2048 } },
    });
    const files = { v1: 'cpu.shares', v2: 'cpu.weight' };
    const smallValue = Number(await small.cgroup.readEither('cpu', files));
    const largeValue = Number(await large.cgroup.readEither('cpu', files));
    if (guest.facts.cgroup === 'v2') {
      // Runtimes convert by different formulas; all keep the order and stay within 1 to 10000.
      expect(smallValue).to.be.within(1, 10_000).and.to.be.below(largeValue);
      expect(largeValue).to.be.at.most(10_000);
    } else {
      expect([smallValue, largeValue]).to.deep.equal([256, 2048]);
    }
  });

  it('divide the CPUs between two busy containers', async () => {
    const runs = workload('spin', '--threads', guest.facts.cpus);
    const containers = await Promise.all(
      [128, 4096].map((shares) => guest.runContainer({ runs, resources: { cpu: { shares } } })),
    );
    await Promise.all(containers.map(({ output }) => output.next('started')));
    // The kernel spreads new threads over its CPUs in its own time.
    await guest.eventually(async () => {
      const [less = 0, more = 0] = await cpuMsOfEach(guest, containers);
      expect(more).to.be.above(5 * less);
    }, guest.limits.testTimeoutMs / 2);
  });
});
