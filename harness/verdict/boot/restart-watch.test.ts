import { expect } from 'chai';
import fc from 'fast-check';
import { createRestartWatch } from './restart-watch.ts';

/** Recorded: the last lines of a guest with 6.1 in which a program had called reboot(2). */
const RESTART = `[    6.368739] ACPI: PM: Preparing to enter system sleep state S5
[    6.370324] reboot: Restarting system
[    6.370579] reboot: machine restart
`;

describe('the watch for restarts', () => {
  it('sees one at the end of a console, however that is split', () => {
    fc.assert(
      fc.property(fc.nat(2000), fc.integer({ min: 1, max: 700 }), (before, step) => {
        const watch = createRestartWatch();
        const bytes = Buffer.from('x'.repeat(before) + RESTART);
        for (let at = 0; at < bytes.length; at += step) watch.push(bytes.subarray(at, at + step));
        expect(watch.isRestarting).to.equal(true);
      }),
    );
  });

  it('sees none where the console goes on, or says nothing', () => {
    const watch = createRestartWatch();
    expect(watch.isRestarting).to.equal(false);
    watch.push(Buffer.from(RESTART + 'x'.repeat(600)));
    expect(watch.isRestarting).to.equal(false);
  });
});
