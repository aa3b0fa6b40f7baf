import type { Container } from '../support/container.ts';
import { eventually } from '../support/eventually.ts';
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
    const { cpus } = guest.facts;
    const runs = workload('spin', '--seconds', 60, '--threads', cpus);
    const containers = await Promise.all(
      [128, 4096].map((shares) => guest.runContainer({ runs, resources: { cpu: { shares } } })),
    );
    await Promise.all(containers.map(({ output }) => output.next('started')));
    // The kernel spreads new threads over its CPUs in its own time.
    await eventually(async () => {
      const [less = 0, more = 0] = await ticksWithin(700, containers);
      expect(more).to.be.above(5 * less);
    }, 15_000);
  });

  async function ticksWithin(ms: number, containers: readonly Container[]): Promise<number[]> {
    const before = await Promise.all(containers.map(cpuTicksOf));
    await new Promise((resolve) => setTimeout(resolve, ms));
    const after = await Promise.all(containers.map(cpuTicksOf));
    return after.map((ticks, index) => ticks - (before[index] ?? 0));
  }

  /** CPU time of the container's program so far, in clock ticks: fields 14 and 15 of proc(5)'s stat. */
  async function cpuTicksOf({ cgroup }: Container): Promise<number> {
    const [pid] = await cgroup.processes('cpu');
    const stat = await guest.inside.readFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  }
});
