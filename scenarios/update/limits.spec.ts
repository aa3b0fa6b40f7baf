import { cpuMsPerPeriod } from '../support/cpu-time.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

const MIB = 1024 * 1024;

describe('update of a running container', () => {
  requires({ controllers: ['cpu', 'memory', 'pids'] });
  const guest = useGuest();

  it('changes the limits that it names and no other', async () => {
    const container = await guest.runContainer({
      runs: workload('sleep'),
      resources: { memory: { limitBytes: 64 * MIB }, pids: { limit: 20 } },
    });
    await container.update({ memory: { limitBytes: 96 * MIB } });
    await container.expectLimits();
  });

  it('takes effect on what already runs', async () => {
    const container = await guest.runContainer({
      runs: workload('spin'),
      resources: { cpu: { quotaUs: 5_000, periodUs: 100_000 } },
    });
    await container.output.next('started');
    await container.expectLimits();
    await container.update({ cpu: { quotaUs: 80_000, periodUs: 100_000 } });
    await container.expectLimits();
    // More than the old quota, and as little as a busy host still leaves to a container.
    expect(await cpuMsPerPeriod(guest, container)).to.be.above(10);
  });
});
