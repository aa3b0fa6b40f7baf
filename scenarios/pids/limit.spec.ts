import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('pids limit', () => {
  requires({ controllers: ['pids'] });
  const guest = useGuest();

  it('stops a container that forks without end, within the limit', async () => {
    const container = await guest.runContainer({
      runs: workload('fork', '--count', 100, '--seconds', 0.3),
      resources: { pids: { limit: 10 } },
    });
    const forked = await container.output.next('forked');
    // The workload itself is the tenth process.
    expect(forked).to.include({ count: 9, error: 'EAGAIN' });
    expect(await container.cgroup.read('pids', 'pids.max')).to.equal('10');
  });

  it('is not there when none was asked for', async () => {
    const container = await guest.runContainer({ runs: workload('fork', '--count', 20) });
    expect(await container.output.next('forked')).to.include({ count: 20, error: null });
    expect(await container.cgroup.read('pids', 'pids.max')).to.equal('max');
  });
});
