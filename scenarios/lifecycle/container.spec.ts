import { findCgroups } from '../support/cgroup.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { KILLED, workload } from '../support/workload.ts';

/** Controllers through which a container can be limited; an agent may ignore others. */
const LIMITED = ['cpu', 'cpuset', 'memory', 'pids', 'freezer', 'blkio'];

describe('container life cycle', () => {
  const guest = useGuest();

  it('runs a program and reports its exit code', async () => {
    const container = await guest.runContainer({ runs: workload('exit', 7) });
    expect(await container.wait()).to.equal(7);
  });

  it('does not run the program before the container is started', async () => {
    const container = await guest.createContainer({ runs: workload('sleep') });
    const names = (await guest.inside.processes()).map(({ name }) => name);
    expect(names).not.to.include('workload');
    await container.start();
    await container.output.next('started');
  });

  it('puts the container’s processes into its cgroup of every controller', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    const processes = await guest.inside.processes();
    const inside = processes.filter(({ cgroups }) =>
      cgroups.some((line) => line.endsWith(`/kmx/${container.id}`)),
    );
    expect(inside.map(({ name }) => name)).to.deep.equal(['workload']);
    const pids = inside.map(({ pid }) => pid);
    const offered = LIMITED.filter((controller) => guest.facts.controllers.includes(controller));
    for (const controller of offered) {
      expect(await container.cgroup.processes(controller), controller).to.deep.equal(pids);
    }
  });

  it('runs a second program in the same container', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    const second = await container.exec(workload('exit', 3));
    expect(await second.wait()).to.equal(3);
  });

  it('delivers a signal to the container’s program', async () => {
    const container = await guest.runContainer({ runs: workload('wait-signal') });
    await container.output.next('started');
    await container.signal('SIGUSR1');
    expect(await container.output.next('signal')).to.include({ name: 'SIGUSR1' });
    await container.signal('SIGTERM');
    expect(await container.wait()).to.equal(0);
  });

  it('reports which signal killed the program', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.signal('SIGKILL');
    expect(await container.wait()).to.be.oneOf(KILLED);
  });

  it('leaves neither processes nor cgroups behind when it removes a running container', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.remove();
    await guest.eventually(async () => {
      const names = (await guest.inside.processes()).map(({ name }) => name);
      expect(names).not.to.include('workload');
    });
    expect(await findCgroups(guest, container.id)).to.deep.equal([]);
  });
});
