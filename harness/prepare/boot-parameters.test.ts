import { expect } from 'chai';
import { bootParameters } from './boot-parameters.ts';

describe('Boot parameters', () => {
  it('show all that the kernel has to say', () => {
    expect(bootParameters([])).to.include('loglevel=7');
  });

  it('end with those of the config, which win so', () => {
    const parameters = bootParameters(['loglevel=4', 'cgroup_disable=cpuset,memory']);
    expect(parameters.slice(-2)).to.deep.equal(['loglevel=4', 'cgroup_disable=cpuset,memory']);
  });
});
