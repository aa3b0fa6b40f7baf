import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { expectNoCgroups } from '../support/leftovers.ts';
import { workload } from '../support/workload.ts';

/** Controllers that limit containers; agents may ignore others. */
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

  it('returns everything that a program printed, even after its end', async () => {
    const text = 'x'.repeat(50_000);
    const runs = workload('print', JSON.stringify({ event: 'printed', text }));
    const container = await guest.runContainer({ runs });
    expect(await container.wait()).to.equal(0);
    expect(await container.output.rest()).to.deep.equal([{ event: 'printed', text }]);
  });

  it('keeps standard output and standard error apart', async () => {
    const container = await guest.runContainer({ runs: workload('no-such-workload') });
    expect(await container.wait()).to.equal(2);
    expect(await container.errorText()).to.include('there is no workload "no-such-workload"');
    expect(await container.output.rest()).to.deep.equal([]);
  });

  it('leaves neither processes nor cgroups behind when it removes a running container', async () => {
    const container = await guest.runContainer({ runs: workload('sleep') });
    await container.output.next('started');
    await container.remove();
    await guest.eventually(async () => {
      const names = (await guest.inside.processes()).map(({ name }) => name);
      expect(names).not.to.include('workload');
    });
    await expectNoCgroups(guest, container.id);
  });

  it('leaves no cgroup behind when it removes a container that has ended', async () => {
    const container = await guest.runContainer({ runs: workload('exit', 0) });
    await container.wait();
    await container.remove();
    await expectNoCgroups(guest, container.id);
  });
});
