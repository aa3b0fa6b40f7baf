import { expect } from 'chai';
import fc from 'fast-check';
import { formatKernelRecord, parseKernelRecord } from './kernel-record.ts';

describe("a record of the kernel's log", () => {
  it('has a sequence, a time, and a text', () => {
    expect(
      parseKernelRecord('4,473,1716426996,-;init invoked oom-killer: order=0\n'),
    ).to.deep.equal({
      ...{ sequence: 473, microseconds: 1716426996, text: 'init invoked oom-killer: order=0' },
    });
  });

  it('may name its caller', () => {
    const record = parseKernelRecord('6,1,5000001,-,caller=T42;text;with,marks\n SUBSYSTEM=x\n');
    expect(record).to.include({ caller: 'T42', text: 'text;with,marks' });
  });

  it('has bytes that are not printable in hexadecimal', () => {
    expect(parseKernelRecord('6,1,1,-;a\\x09b\n')?.text).to.equal('a\tb');
  });

  it('is none if a program has written it, whatever it says', () => {
    // The facilities of user programs and daemons: 1 and 3.
    expect(parseKernelRecord('12,474,1,-;Kernel panic - not syncing')).to.equal(undefined);
    expect(parseKernelRecord('27,475,1,-;BUG: kernel NULL pointer')).to.equal(undefined);
  });

  it('is formatted as on a console', () => {
    const record = { sequence: 1, microseconds: 5000001, text: 'hello' };
    expect(formatKernelRecord(record)).to.equal('[    5.000001] hello\n');
    expect(formatKernelRecord({ ...record, caller: 'T42' })).to.equal(
      '[    5.000001][   T42] hello\n',
    );
  });

  it('is one or none, whatever is read', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const record = parseKernelRecord(text);
        expect(record === undefined || record.sequence >= 0).to.equal(true);
      }),
    );
  });
});
