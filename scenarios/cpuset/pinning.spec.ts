import { expect, outcomeOf } from '../support/expect.ts';
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
    const outcome = await outcomeOf(
      guest.runContainer({ runs: workload('affinity'), resources: { cpu: { cpus: '63' } } }),
    );
    if (outcome.kind === 'refused') {
      expect(outcome.refusal.reason).to.include('cpuset');
    } else {
      const { allowed } = await outcome.value.output.next('affinity');
      expect(allowed).not.to.equal('63');
    }
  });
});
