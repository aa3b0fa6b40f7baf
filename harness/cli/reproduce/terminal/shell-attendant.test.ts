import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { ChannelFault } from '../../../channel/channel-fault.ts';
import type { AttendedTest } from '../../../run/cell/attendant.ts';
import type { ShellTime } from '../debug-options.ts';
import { shellAttendant } from './shell-attendant.ts';
import type { Terminal } from './terminal.ts';

/** A test whose guest does not answer any more; what is done is noted. */
function attend(time: ShellTime) {
  const done: string[] = [];
  const output = new PassThrough();
  const terminal = { input: new PassThrough(), output } as unknown as Terminal;
  const guest = {
    limits: { callTimeoutMs: 1 },
    channel: {},
    client: { run: () => Promise.reject(new ChannelFault('SILENT', 'no answer to run in 1 ms')) },
  };
  const attendant = shellAttendant({
    ...{ time, terminal, tools: [] },
    endRun: () => done.push('run ended'),
    onShell: (isOpen) => done.push(isOpen ? 'open' : 'closed'),
  });
  const shown = () => String(output.read() ?? '');
  return { attendant, test: { guest } as unknown as AttendedTest, done, shown };
}

describe('the shell of an attendant', () => {
  it('is opened when it was asked for, and at no other time', () => {
    const keys = (time: ShellTime) => Object.keys(attend(time).attendant);
    expect(keys('on-failure')).to.deep.equal(['atFailure']);
    expect(keys('before')).to.deep.equal(['beforeTest']);
    expect(keys('instead')).to.deep.equal(['beforeTest']);
  });

  it('says why there is none if the guest is gone, and does not reject', async () => {
    const { attendant, test, done, shown } = attend('on-failure');
    await attendant.atFailure?.(test);
    expect(shown()).to.equal('no shell: control channel: no answer to run in 1 ms\n');
    expect(done).to.deep.equal(['open', 'closed']);
  });

  it('lets the test go on after one that came before it', async () => {
    const { attendant, test, done } = attend('before');
    await attendant.beforeTest?.(test);
    expect(done).to.deep.equal(['open', 'closed']);
  });

  it('ends the run in place of the test, which never begins', async () => {
    const { attendant, test, done } = attend('instead');
    let hasBegun = false;
    void attendant.beforeTest?.(test).then(() => {
      hasBegun = true;
    });
    while (done.length < 3) await new Promise(setImmediate);
    await new Promise(setImmediate);
    expect(done).to.deep.equal(['open', 'closed', 'run ended']);
    expect(hasBegun).to.equal(false);
  });
});
