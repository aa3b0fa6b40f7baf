/** What `kmx selftest` makes agents do. Each title is the name of a case. */
import { expect } from '../../../scenarios/support/expect.ts';
import { useGuest } from '../../../scenarios/support/guest.ts';

/** The agents of these cases misbehave in any call that is not a health call. */
const BAD_AGENTS = [
  'agent-panics-in-call',
  'agent-panics-twice',
  'agent-aborts-in-call',
  'agent-exits-in-call',
  'agent-hangs-in-call',
  'agent-prints-fakes',
  'agent-floods-with-lines',
  'agent-floods-line',
];

describe('an agent', () => {
  const guest = useGuest();

  for (const name of BAD_AGENTS) {
    it(name, () => guest.agent.createContainer({ id: 'c', arguments: ['/bin/workload'] }));
  }

  it('agent-stopped', async () => {
    const agent = (await guest.inside.processes()).find(({ name }) => name === 'agent');
    expect(agent?.pid).to.be.above(1);
    await guest.inside.run(['/rootfs/bin/workload', 'stop', `${agent?.pid}`]);
    await guest.agent.details();
  });

  it('assertion-false', () => {
    expect(1, 'one').to.equal(2);
  });

  it('scenario-broken', () => {
    throw new TypeError('the scenario itself is broken');
  });

  it('scenario-ends-its-process', () => process.exit(7));

  async function endWell(): Promise<void> {
    const container = await guest.runContainer({ runs: ['/bin/workload', 'print-nothing'] });
    expect(await container.wait()).to.equal(0);
  }

  it('all-well', endWell);
  it('template-damaged', endWell);
});
