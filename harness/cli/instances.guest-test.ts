/** Two guests restored from the same saved guest must not have the same identity. */
import { join } from 'node:path';
import { expect } from 'chai';
import { prepareGuest } from '../bench/guest-boots.ts';
import { openNewCell } from '../bench/new-cell.ts';
import { cacheRoot } from '../cache/cache-root.ts';
import type { LiveGuest } from '../live-guest/live-guest.ts';
import { describeFailure } from '../run/templates/describe-failure.ts';

/**
 * How far off a clock may be after it was set on a busy host; the saved guest is older than that.
 */
const CLOCK_SLACK_MS = 5000;
const SAVED_AGE_MS = 7000;

describe('guests of one template', () => {
  it('draw random numbers of their own and have the time of the host', async () => {
    await using guest = await prepareGuest('debian-6.12', cacheRoot(process.env));
    const { templates } = await openNewCell(guest, join(guest.folder, 'own'));
    await new Promise((resolve) => setTimeout(resolve, SAVED_AGE_MS));
    const { signal } = new AbortController();
    const both = await Promise.all([templates.restore(signal), templates.restore(signal)]);
    const [one, other] = both.map((started): LiveGuest => {
      if (started.kind === 'failed') throw new Error(describeFailure(started));
      return started;
    }) as [LiveGuest, LiveGuest];
    try {
      const draw = ({ client }: LiveGuest) => client.readFile('/proc/sys/kernel/random/uuid');
      expect(await draw(one)).to.not.equal(await draw(other));
      for (const { client } of [one, other]) {
        const rtc = /^btime (\d+)$/m.exec(await client.readFile('/proc/stat'))?.[1];
        const uptime = Number.parseFloat(await client.readFile('/proc/uptime'));
        const clockMs = (Number(rtc) + uptime) * 1000;
        expect(Math.abs(Date.now() - clockMs)).to.be.below(CLOCK_SLACK_MS);
      }
    } finally {
      await Promise.all([one.end(), other.end()]);
    }
  });
});
