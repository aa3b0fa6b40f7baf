/** What `kmx selftest` does to containers of this host. Each title is the name of a case. */
import { expect } from '../../../scenarios/support/expect.ts';
import { useGuest } from '../../../scenarios/support/guest.ts';

const SABOTEUR = '/rootfs/bin/workload';
const CGROUPS = '/sys/fs/cgroup';

describe('a container', () => {
  const guest = useGuest();

  async function endWell(): Promise<void> {
    const container = await guest.runContainer({ runs: ['/bin/workload', 'print-nothing'] });
    expect(await container.wait()).to.equal(0);
  }

  it('container-well', endWell);
  it('container-without-image', endWell);
  it('container-killed', async () => {
    await guest.inside.run([SABOTEUR, 'sleep', '60'], { timeoutMs: 60_000 });
  });
  it('container-floods', () =>
    guest.agent.createContainer({ id: 'cc', arguments: ['/bin/workload'] }));

  it('container-full', async () => {
    for (const folder of ['/tmp', '/run']) {
      const { code, stderr } = await guest.inside.run([SABOTEUR, 'fill', folder]);
      expect(code, `${folder}: ${stderr}`).to.equal(0);
    }
    const { stderr } = await guest.inside.run([SABOTEUR, 'fill', '/']);
    expect(`${stderr}`).to.contain('Read-only file system');
    await endWell();
  });

  it('container-cgroup-held', async () => {
    const folder = guest.facts.cgroup === 'hybrid' ? `${CGROUPS}/unified` : CGROUPS;
    await guest.eventually(async () => {
      const names = (await guest.inside.listDirectory(folder)).map(({ name }) => name);
      expect(names).to.contain('held');
    });
    await endWell();
  });
});
