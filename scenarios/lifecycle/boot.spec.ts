import { expect } from '../support/expect.ts';
import { useGuest } from '../support/guest.ts';
import { workload } from '../support/workload.ts';

/** What a restored guest cannot show. */
describe('a guest that has just booted', () => {
  const guest = useGuest({ from: 'boot' });

  it('has an agent that runs the first container of its life', async () => {
    const container = await guest.runContainer({ runs: workload('exit', 3) });
    expect(await container.wait()).to.equal(3);
  });
});
