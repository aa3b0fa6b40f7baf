import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { KILLED, workload } from '../support/workload.ts';

const MIB = 1024 * 1024;

describe('memory limit', () => {
  requires({ controllers: ['memory'] });
  const guest = useGuest();

  it('reaches the kernel', async () => {
    const container = await guest.createContainer({
      runs: workload('exit', 0),
      resources: { memory: { limitBytes: 48 * MIB } },
    });
    await container.expectLimits();
  });

  it('lets a container use less than its limit', async () => {
    const container = await guest.runContainer({
      runs: workload('hold', '--mib', 8, '--seconds', 0),
      resources: { memory: { limitBytes: 48 * MIB } },
    });
    await container.expectLimits();
    expect(await container.wait()).to.equal(0);
  });

  it('kills a container that uses more, and nothing else', async () => {
    const bystander = await guest.runContainer({ runs: workload('sleep') });
    await bystander.output.next('started');
    const container = await guest.createContainer({
      runs: workload('hold', '--mib', 64),
      resources: { memory: { limitBytes: 24 * MIB } },
    });
    await container.expectLimits();
    await container.start();
    expect(await container.wait()).to.be.oneOf(KILLED);
    const held = (await container.output.rest()).map((event) => Number(event.mib));
    expect(held, 'MiB that it said it held').not.to.deep.equal([]);
    expect(Math.max(...held)).to.be.below(24);
    const file = guest.facts.cgroup === 'v2' ? 'memory.events' : 'memory.oom_control';
    expect(await container.cgroup.field('memory', file, 'oom_kill')).to.equal(1);
    const names = (await guest.inside.processes()).map(({ name }) => name);
    expect(names.filter((name) => name === 'workload')).to.have.length(1);
    expect(await guest.agent.check()).to.equal('serving');
  });
});
