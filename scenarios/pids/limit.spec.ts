import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('pids limit', () => {
  requires({ controllers: ['pids'] });
  const guest = useGuest();

  it('reaches the kernel when a container is created', async () => {
    const container = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { pids: { limit: 20 } },
    });
    await container.expectLimits();
  });

  it('reaches the kernel when a container is updated', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.update({ pids: { limit: 30 } });
    await container.expectLimits();
  });

  it('stops a container that forks without end, within the limit', async () => {
    const container = await guest.runContainer({
      runs: workload('fork', '--count', 100),
      resources: { pids: { limit: 10 } },
    });
    await container.expectLimits();
    // Nine children and the workload itself.
    expect(await container.output.next('forked')).to.include({ count: 9, error: 'EAGAIN' });
  });

  it('is not there when none was asked for', async () => {
    const container = await guest.runContainer({ runs: workload('fork', '--count', 20) });
    expect(await container.cgroup.read('pids', 'pids.max')).to.equal('max');
    expect(await container.output.next('forked')).to.include({ count: 20, error: null });
  });
});
