import { expect } from 'chai';
import { factMapOf } from './fact-map.ts';

describe('the facts of a kernel, flat', () => {
  it('keep the errno of what could not be mounted or enabled', () => {
    const map = factMapOf({
      v1Mounts: { cpu: 'ok', cpuset: 'EINVAL' },
      v1Named: 'ok',
      v1Files: ['cpu.shares'],
      v2Enables: { cpuset: 'ok', memory: 'EBUSY' },
      v2Files: ['memory.peak'],
      mountOptions: { favordynmods: 'EINVAL' },
      procCgroups: { cpuset: 'enabled' },
      disagreements: [],
      psi: true,
      swapAccounting: false,
      namespaces: ['user'],
      lsms: [],
      hz: 250,
      warnings: [],
    });
    expect(Object.fromEntries(map)).to.deep.equal({
      'v1/cpu': 'ok',
      'v1/cpuset': 'EINVAL',
      'v1-named': 'ok',
      'v2/cpuset': 'ok',
      'v2/memory': 'EBUSY',
      'v1-file/cpu.shares': 'there',
      'v2-file/memory.peak': 'there',
      'mount-option/favordynmods': 'EINVAL',
      'proc-cgroups/cpuset': 'enabled',
      psi: 'there',
      'namespace/user': 'there',
      hz: '250',
    });
  });
});
