import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { listenOnce } from '../port.ts';
import { makePrivateDirectory } from '../private-directory.ts';
import { GuestConsole } from './guest-console.ts';
import { KernelLog } from './kernel-log.ts';

/** A log in which nothing is ever written. */
const SILENT = {
  open: () => ({ next: () => undefined, [Symbol.dispose]: () => undefined }),
  cgroupsOf: () => undefined,
};

describe('the console of a container', () => {
  for (const words of ['', 'fatal: no agent\n']) {
    const what = words === '' ? 'nothing' : 'something';
    it(`ends though init said ${what} and left before anybody listened`, async () => {
      await using folder = await makePrivateDirectory();
      await using port = await listenOnce(folder.socketPath('console'));
      const init = connect(port.path);
      init.end(words, () => init.destroy());
      const said = await port.connected;
      // What was said is still to be read.
      if (words === '') await once(said, 'close');
      else await once(init, 'close');
      using guestConsole = new GuestConsole(new KernelLog(SILENT), 'a'.repeat(64));
      guestConsole.connect(said, Promise.resolve());
      expect(await text(guestConsole.stream)).to.equal(words);
    });
  }
});
