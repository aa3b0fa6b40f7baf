import type { Resources } from '../support/container.ts';
import { expect, refusalOf } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { expectNoCgroups } from '../support/leftovers.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

const RESOURCES: Readonly<Record<string, Resources>> = {
  cpuset: { cpu: { cpus: '0' } },
  memory: { memory: { limitBytes: 64 * 1024 * 1024 } },
  pids: { pids: { limit: 10 } },
};

// The kernel may lack the controller, `cgroup_disable=` may disable it, or its hierarchy may not be
// mounted. To an agent these are the same: it must refuse a limit that it cannot set, not drop it.
for (const [controller, resources] of Object.entries(RESOURCES)) {
  describe(`without the ${controller} controller`, () => {
    requires({ missing: controller });
    const guest = useGuest();

    it('the agent refuses a limit that needs it, and says why', async () => {
      const id = `refused-${controller}`;
      const creation = guest.createContainer({ id, runs: workload('exit', 0), resources });
      const refusal = await refusalOf(creation);
      expect(refusal.reason).to.include(controller);
      await expectNoCgroups(guest, id, 'CreateContainer');
      expect(await guest.agent.check()).to.equal('serving');
    });

    it('the agent still runs a container that does not need it', async () => {
      const container = await guest.runContainer({ runs: workload('exit', 5) });
      expect(await container.wait()).to.equal(5);
    });
  });
}

describe('without the freezer controller', () => {
  requires({ missing: 'freezer' });
  const guest = useGuest();

  it('the agent refuses to pause, and says why', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    const refusal = await refusalOf(container.pause());
    expect(refusal.reason).to.include('freezer');
    await container.signal('SIGUSR1');
    expect(await container.output.next('signal')).to.include({ name: 'SIGUSR1' });
  });

  it('the agent still removes a running container', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.remove();
    await expectNoCgroups(guest, container.id);
  });
});
