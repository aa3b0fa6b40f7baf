/**
 * What `kmx selftest` does to the channel between host and guest. Each title is the name of a case.
 */
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useGuest } from '../../../scenarios/support/guest.ts';

const SABOTEUR = '/rootfs/bin/workload';

describe('the way to a guest', () => {
  const guest = useGuest();

  /** Runs the saboteur, after which init may never be heard from again. */
  async function sabotage(...command: readonly string[]): Promise<void> {
    const { code, stderr } = await guest.inside.run([SABOTEUR, ...command]);
    if (code === 2) throw new Error(stderr.toString('utf8'));
  }

  /** Leaves init time to send something, or to fail to. */
  async function wait(seconds: number): Promise<void> {
    await guest.inside.run([SABOTEUR, 'sleep', `${seconds}`], { timeoutMs: 2000 * seconds });
  }

  for (const misuse of ['garble', 'forge-answer', 'half-frame']) {
    it(`channel-${misuse}`, () => sabotage('channel', misuse));
  }

  it('channel-swallow', async () => {
    /** Each call races with the saboteur for what the host sends; init loses one of many. */
    async function race(): Promise<void> {
      for (let call = 0; call < 200; call++) await guest.inside.readFile('/proc/uptime');
    }
    await Promise.all([sabotage('channel', 'swallow'), race()]);
  });

  it('init-stopped', () => sabotage('stop-init'));

  it('drain-unanswered', async () => {
    // The test itself passes; whatever stops init outlives it.
    sabotage('stop-init').catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 1000));
  });

  it('channel-spoiled-once', async () => {
    // Attempts run in processes of their own, with one parent.
    const marker = join(tmpdir(), `kmx-selftest-spoiled-${process.ppid}`);
    if (existsSync(marker)) return rmSync(marker);
    writeFileSync(marker, '');
    await sabotage('channel', 'garble');
    await wait(10);
  });

  for (const name of ['machine-killed', 'machine-stopped', 'channel-cut']) {
    it(name, () => wait(10));
  }
});
