/** What `kmx selftest` does to the way between host and guest. A title is the name of a case. */
import { useGuest } from '../../../scenarios/support/guest.ts';

const SABOTEUR = '/rootfs/bin/workload';

describe('the way to a guest', () => {
  const guest = useGuest();

  /** Long enough for init to say something, or to fail to. */
  async function wait(seconds: number): Promise<void> {
    await guest.inside.run([SABOTEUR, 'sleep', `${seconds}`], { timeoutMs: 2000 * seconds });
  }

  for (const misuse of ['garble', 'forge-answer', 'half-frame', 'swallow']) {
    it(`channel-${misuse}`, () => guest.inside.run([SABOTEUR, 'channel', misuse]));
  }

  it('init-stopped', () => guest.inside.run([SABOTEUR, 'stop-init']));

  for (const name of ['machine-killed', 'machine-stopped', 'channel-cut']) {
    it(name, () => wait(20));
  }
});
