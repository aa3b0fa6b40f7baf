import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { expectNoCgroups } from '../support/leftovers.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('three containers at once', () => {
  requires({ controllers: ['pids'] });
  const guest = useGuest();

  it('keep their limits apart', async () => {
    const limits = [5, 6, 7];
    const containers = await Promise.all(
      limits.map((limit) =>
        guest.createContainer({
          runs: workload('fork', '--count', 50),
          resources: { pids: { limit } },
        }),
      ),
    );
    await Promise.all(containers.map((container) => container.start()));
    for (const container of containers) await container.expectLimits();
    const forked = await Promise.all(containers.map(({ output }) => output.next('forked')));
    expect(forked.map(({ count }) => Number(count) + 1)).to.deep.equal(limits);
  });

  it('keep their exit codes apart', async () => {
    const codes = [1, 2, 3];
    const containers = await Promise.all(
      codes.map((code) => guest.runContainer({ runs: workload('exit', code) })),
    );
    expect(await Promise.all(containers.map((container) => container.wait()))).to.deep.equal(codes);
  });

  it('end one by one without disturbing the others', async () => {
    const containers = await Promise.all(
      [1, 2, 3].map(() => guest.runContainer({ runs: workload('wait-signal') })),
    );
    await Promise.all(containers.map(({ output }) => output.next('started')));
    const [first, ...others] = containers;
    await first?.remove();
    await expectNoCgroups(guest, first?.id ?? '');
    for (const container of others) {
      await container.signal('SIGUSR2');
      expect(await container.output.next('signal')).to.include({ name: 'SIGUSR2' });
    }
  });
});
