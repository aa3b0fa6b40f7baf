import { AgentError } from '../../harness/agents/agent.ts';
import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { requires } from '../support/requires.ts';
import { workload } from '../support/workload.ts';

describe('cpuset pinning', () => {
  requires({ controllers: ['cpuset', 'cpu'], cpus: 2 });
  const guest = useGuest();

  it('keeps a container on the CPU it was given', async () => {
    const container = await guest.runContainer({
      runs: workload('affinity'),
      resources: { cpu: { cpus: '1', mems: '0' } },
    });
    await container.expectLimits();
    expect(await container.output.next('affinity')).to.include({ allowed: '1' });
  });

  it('refuses a CPU that the guest does not have, or leaves the container unpinned', async () => {
    const outcome = await guest
      .runContainer({ runs: workload('affinity'), resources: { cpu: { cpus: '63' } } })
      .catch((error: unknown) => {
        if (error instanceof AgentError) return error;
        throw error;
      });
    if (outcome instanceof AgentError) {
      expect(outcome.reason).to.match(/cpuset/);
    } else {
      expect((await outcome.output.next('affinity')).allowed).not.to.equal('63');
    }
  });
});
