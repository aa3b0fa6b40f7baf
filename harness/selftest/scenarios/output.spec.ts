/** What `kmx selftest` has programs print. Each title is the name of a case. */
import { expect } from '../../../scenarios/support/expect.ts';
import { useGuest } from '../../../scenarios/support/guest.ts';

const SABOTEUR = '/rootfs/bin/workload';

describe('output', () => {
  const guest = useGuest();

  it('workload-prints-fakes', async () => {
    const container = await guest.runContainer({ runs: ['/bin/workload', 'print-fakes'] });
    expect(await container.wait()).to.equal(0);
    const data = await guest.agent.output({ container: container.id }).stdout.read();
    expect(Buffer.from(data).toString('latin1')).to.contain('Kernel panic - not syncing');
  });

  it('console-flooded', async () => {
    const { code } = await guest.inside.run([SABOTEUR, 'flood-console', '1'], {
      timeoutMs: 60_000,
    });
    expect(code).to.equal(0);
  });
});
