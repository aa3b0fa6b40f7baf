/** Tests for workers that are killed while they run. Their titles begin with the name of the case. */
import { expect } from '../../../scenarios/support/expect.ts';
import { useGuest } from '../../../scenarios/support/guest.ts';

const TESTS = 12;

describe('workers', () => {
  describe('with restored guests', () => {
    const guest = useGuest();
    for (let test = 1; test <= TESTS; test += 1) {
      it(`workers-killed ${test}`, async () => {
        for (let round = 0; round < 10; round += 1) {
          expect(await guest.agent.check()).to.equal('serving');
          // In the guest of another test there would be a container's program.
          const names = (await guest.inside.processes()).map(({ name }) => name);
          expect(names).not.to.include('workload');
        }
        const container = await guest.runContainer({ runs: ['/bin/workload', 'print-nothing'] });
        expect(await container.wait()).to.equal(0);
      });
    }
  });

  describe('with a guest that is booted', () => {
    const guest = useGuest({ from: 'boot' });
    it('workers-killed booted', async () => {
      expect(await guest.agent.check()).to.equal('serving');
    });
  });
});
