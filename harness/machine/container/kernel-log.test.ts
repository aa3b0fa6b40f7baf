import { expect } from 'chai';
import { KernelLog, type KernelSources } from './kernel-log.ts';
import { OVERWRITTEN } from './kernel-messages.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);

/** A log that says what is pushed to it. */
function scriptedLog() {
  const records: string[] = [];
  let opened = 0;
  const sources: KernelSources = {
    open: () => {
      opened += 1;
      return {
        next: () => records.shift(),
        [Symbol.dispose]: () => {
          opened -= 1;
        },
      };
    },
    cgroupsOf: () => undefined,
  };
  return { records, log: new KernelLog(sources), openCount: () => opened };
}

describe("the host's kernel log", () => {
  it('is passed on to whom it is about, and the rest is counted', () => {
    const { records, log } = scriptedLog();
    const heard = { a: '', b: '' };
    using a = log.subscribe({ container: A, hear: (lines) => (heard.a += lines) });
    using b = log.subscribe({ container: B, hear: (lines) => (heard.b += lines) });
    records.push(`4,1,1000000,-;cgroup: fork rejected by pids controller in /docker/${A}\n`);
    records.push(
      '4,2,3000000,-;usb 1-1: new device\n',
      '12,3,3000001,-;from a program\n',
      OVERWRITTEN,
    );
    a.catchUp();
    expect(heard.a).to.match(/^\[ {4}1\.000000\] cgroup: fork rejected .*a\n$/);
    expect(heard.b).to.equal('');
    expect([a.countUnattributed(), b.countUnattributed()]).to.deep.equal([2, 2]);
  });

  it('counts from the subscription on', () => {
    const { records, log } = scriptedLog();
    using a = log.subscribe({ container: A, hear: () => {} });
    records.push('4,2,3000000,-;usb 1-1: new device\n');
    a.catchUp();
    using b = log.subscribe({ container: B, hear: () => {} });
    expect([a.countUnattributed(), b.countUnattributed()]).to.deep.equal([1, 0]);
  });

  it('is open only while somebody listens', () => {
    const { log, openCount } = scriptedLog();
    expect(openCount()).to.equal(0);
    const a = log.subscribe({ container: A, hear: () => {} });
    const b = log.subscribe({ container: B, hear: () => {} });
    expect(openCount()).to.equal(1);
    a[Symbol.dispose]();
    expect(openCount()).to.equal(1);
    b[Symbol.dispose]();
    expect(openCount()).to.equal(0);
  });

  it('says why it cannot be read', () => {
    const open = () => {
      throw new Error('EPERM: operation not permitted');
    };
    const log = new KernelLog({ open, cgroupsOf: () => undefined });
    expect(log.fault).to.equal('EPERM: operation not permitted');
    using listener = log.subscribe({ container: A, hear: () => {} });
    listener.catchUp();
    expect(listener.countUnattributed()).to.equal(0);
  });
});
