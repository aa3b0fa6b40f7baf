import { expect } from 'chai';
import type { MachineExit } from '../machine/machine.ts';
import { endOf, endOfMachine } from './process-end.ts';

describe('the end of a process', () => {
  it('is its exit code, or the signal that ended it', () => {
    expect(endOf({ code: 101, signal: null })).to.deep.equal({ kind: 'exit', code: 101 });
    expect(endOf({ code: null, signal: 'SIGKILL' })).to.deep.equal({
      kind: 'signal',
      name: 'SIGKILL',
    });
  });
});

const exitWith = (reason: string): MachineExit => ({
  ...{ code: 0, signal: null, requested: false, stderr: '', reason },
});

describe('the end of a machine', () => {
  it('is that of its process if it gave no reason', () => {
    const exit = { code: null, signal: 'SIGKILL', requested: false, stderr: '' };
    expect(endOfMachine(exit, true)).to.deep.equal({ kind: 'signal', name: 'SIGKILL' });
  });

  it('is the guest’s doing if QEMU says so', () => {
    for (const reason of ['panic', 'reset', 'shutdown']) {
      expect(endOfMachine(exitWith(`guest-${reason}`), false)).to.deep.equal({
        kind: 'guest',
        reason,
      });
    }
  });

  it('is a reboot if the kernel was told to restart', () => {
    expect(endOfMachine(exitWith('guest-reset'), true)).to.deep.equal({
      kind: 'guest',
      reason: 'reboot',
    });
    expect(endOfMachine(exitWith('guest-panic'), true)).to.deep.equal({
      kind: 'guest',
      reason: 'panic',
    });
  });

  it('is the machine’s doing for every other reason', () => {
    for (const reason of ['host-signal', 'internal-error', 'io-error', 'guest-unheard-of']) {
      expect(endOfMachine(exitWith(reason), false)).to.deep.equal({ kind: 'machine', reason });
    }
  });
});
