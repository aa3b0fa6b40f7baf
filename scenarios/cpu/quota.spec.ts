import { cpuMsPerPeriod } from '../support/cpu-time.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('CPU quota', () => {
  requires({ controllers: ['cpu'] });
  const guest = useGuest();

  it('reaches the kernel with its period', async () => {
    const container = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { cpu: { quotaUs: 50_000, periodUs: 200_000 } },
    });
    await container.expectLimits();
  });

  it('holds a busy container down to a fifth of a CPU', async () => {
    const container = await guest.runContainer({
      runs: workload('spin'),
      resources: { cpu: { quotaUs: 20_000, periodUs: 100_000 } },
    });
    await container.expectLimits();
    await container.output.next('started');
    expect(await cpuMsPerPeriod(guest, container)).to.be.below(35);
    // In a container the busy host may leave it less than its quota in most periods.
    await guest.eventually(async () => {
      expect(await container.cgroup.field('cpu', 'cpu.stat', 'nr_throttled')).to.be.above(3);
    });
  });
});
