import { findCgroups } from '../support/cgroup.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('three containers at once', () => {
  requires({ controllers: ['pids'] });
  const guest = useGuest();

  it('keep their own limits and exit codes apart', async () => {
    const limits = [5, 6, 7];
    const containers = await Promise.all(
      limits.map((limit) =>
        guest.createContainer({
          runs: workload('fork', '--count', 50, '--seconds', 0.5),
          resources: { pids: { limit } },
        }),
      ),
    );
    await Promise.all(containers.map((container) => container.start()));
    const forked = await Promise.all(containers.map(({ output }) => output.next('forked')));
    expect(forked.map(({ count }) => Number(count) + 1)).to.deep.equal(limits);
    expect(await Promise.all(containers.map((container) => container.wait()))).to.deep.equal([
      0, 0, 0,
    ]);
  });

  it('end one by one without disturbing the others', async () => {
    const containers = await Promise.all(
      [1, 2, 3].map(() => guest.runContainer({ runs: workload('wait-signal') })),
    );
    await Promise.all(containers.map(({ output }) => output.next('started')));
    const [first, ...others] = containers;
    await first?.remove();
    expect(await findCgroups(guest, first?.id ?? '')).to.deep.equal([]);
    for (const container of others) {
      await container.signal('SIGUSR2');
      expect(await container.output.next('signal')).to.include({ name: 'SIGUSR2' });
    }
  });
});
