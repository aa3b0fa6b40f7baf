import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { bootParameters } from './boot-parameters.ts';

describe('Boot parameters', () => {
  it('make the console the kernel’s own and every panic an end', () => {
    expect(bootParameters([])).to.include.members(['console=ttyS0', 'panic=-1', 'loglevel=7']);
  });

  it('end with those of the config, which win so', () => {
    const parameters = bootParameters(['panic=5', 'cgroup_disable=cpuset,memory']);
    expect(parameters.slice(-2)).to.deep.equal(['panic=5', 'cgroup_disable=cpuset,memory']);
  });

  it('are refused if the kernel would cut them off', () => {
    const room = 2047 - bootParameters([]).join(' ').length - 1;
    expect(bootParameters(['x'.repeat(room)]).join(' ')).to.have.length(2047);
    expect(() => bootParameters(['x'.repeat(room + 1)])).to.throw(UsageError, '2049 bytes');
  });

  it('are refused if they are no text of one line', () => {
    for (const word of ['', 'a\nb', 'a\0b', '\x1b[0m']) {
      expect(() => bootParameters([word]), JSON.stringify(word)).to.throw(
        UsageError,
        JSON.stringify(word),
      );
    }
  });
});
