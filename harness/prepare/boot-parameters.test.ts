import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { bootParameters } from './boot-parameters.ts';

describe('Boot parameters', () => {
  it('show all that the kernel has to say', () => {
    expect(bootParameters([])).to.include('loglevel=7');
  });

  it('end with those of the config, which win so', () => {
    const parameters = bootParameters(['loglevel=4', 'cgroup_disable=cpuset,memory']);
    expect(parameters.slice(-2)).to.deep.equal(['loglevel=4', 'cgroup_disable=cpuset,memory']);
  });

  it('are refused if the kernel would cut them off', () => {
    const room = 1920 - bootParameters([]).join(' ').length - 1;
    expect(bootParameters(['x'.repeat(room)]).join(' ')).to.have.length(1920);
    expect(() => bootParameters(['x'.repeat(room + 1)])).to.throw(
      UsageError,
      '1921 bytes: expected at most 1920',
    );
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
