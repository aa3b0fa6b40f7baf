import { expect } from 'chai';
import { CGROUP_MODES } from './cell.ts';
import { skipReason } from './skip-reason.ts';
import { testCell } from './testing/test-cell.ts';

const PLAIN = { bootParameters: [] };
const ofContainer = { machine: 'container', machineKind: 'container' } as const;

describe('a cell that this host cannot run as it is meant', () => {
  it('is one in a container whose cgroup mode is not the host’s', () => {
    for (const cgroup of CGROUP_MODES) {
      const reason = skipReason(testCell({ ...ofContainer, cgroup }), PLAIN, 'hybrid');
      if (cgroup === 'hybrid') expect(reason).to.equal(undefined);
      else expect(reason).to.contain(`asks for cgroup ${cgroup}, and this host has hybrid`);
    }
  });

  it('is one in a container with boot parameters', () => {
    const config = { bootParameters: ['cgroup_disable=memory'] };
    const reason = skipReason(testCell({ ...ofContainer, cgroup: 'v2' }), config, 'v2');
    expect(reason).to.match(/cannot have boot parameters \(cgroup_disable=memory\)$/);
  });

  it('is none that boots a kernel of its own', () => {
    const config = { bootParameters: ['cgroup_disable=memory'] };
    for (const cgroup of CGROUP_MODES) {
      expect(skipReason(testCell({ cgroup }), config, 'v2')).to.equal(undefined);
    }
  });
});
