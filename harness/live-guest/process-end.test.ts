import { expect } from 'chai';
import { endOf, endOfReason } from './process-end.ts';

describe('the end of a process', () => {
  it('is its exit code, or the signal that ended it', () => {
    expect(endOf({ code: 101, signal: null })).to.deep.equal({ kind: 'exit', code: 101 });
    expect(endOf({ code: null, signal: 'SIGKILL' })).to.deep.equal({
      kind: 'signal',
      name: 'SIGKILL',
    });
  });
});

describe('the end of a machine', () => {
  it('is the guest’s doing where QEMU says so', () => {
    for (const reason of ['panic', 'reset', 'shutdown']) {
      expect(endOfReason(`guest-${reason}`, false)).to.deep.equal({ kind: 'guest', reason });
    }
  });

  it('is a reboot where the kernel was told to restart', () => {
    expect(endOfReason('guest-reset', true)).to.deep.equal({ kind: 'guest', reason: 'reboot' });
    expect(endOfReason('guest-panic', true)).to.deep.equal({ kind: 'guest', reason: 'panic' });
  });

  it('is the machine’s for every other reason', () => {
    for (const reason of ['host-signal', 'internal-error', 'io-error', 'guest-unheard-of']) {
      expect(endOfReason(reason, false)).to.deep.equal({ kind: 'machine', reason });
    }
  });
});
