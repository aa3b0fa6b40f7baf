import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('pause and resume', () => {
  requires({ controllers: ['freezer'] });
  const guest = useGuest();

  it('stops a container’s processes and lets them go on where they were', async () => {
    const container = await guest.runContainer({ runs: workload('tick', '--every-ms', 20) });
    await container.output.next('tick');
    await container.pause();
    const isV2 = guest.facts.cgroup === 'v2';
    await guest.eventually(async () => {
      if (isV2)
        expect(await container.cgroup.field('freezer', 'cgroup.events', 'frozen')).to.equal(1);
      else expect(await container.cgroup.read('freezer', 'freezer.state')).to.equal('FROZEN');
    });
    const before = await switchesOf(container.id);
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await switchesOf(container.id)).to.equal(before);
    await container.resume();
    await guest.eventually(async () => {
      expect(await switchesOf(container.id)).to.be.above(before);
    });
  });

  /** Voluntary context switches of the container's program: the count grows only while it runs. */
  async function switchesOf(container: string): Promise<number> {
    const processes = await guest.inside.processes();
    const process = processes.find(({ cgroups }) =>
      cgroups.some((line) => line.endsWith(`/kmx/${container}`)),
    );
    if (process === undefined) throw new Error(`Expected a process in the cgroup of ${container}`);
    const text = await guest.inside.readFile(`/proc/${process.pid}/status`);
    return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(text)?.[1]);
  }
});
