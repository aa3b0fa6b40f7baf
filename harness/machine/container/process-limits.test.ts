import { expect } from 'chai';
import { processLimits, readProcessLimits } from './process-limits.ts';

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units     
Max processes             4096                 unlimited            processes 
Max open files            1024                 20000                files     
Max locked memory         8388608              8388608              bytes     
`;

describe('the limits of processes in containers', () => {
  it('are those of this process, where Podman as root would raise them', () => {
    expect(readProcessLimits(LIMITS, 32_768)).to.deep.equal([
      { Name: 'nofile', Soft: 1024, Hard: 20_000 },
      { Name: 'nproc', Soft: 4096, Hard: 32_768 },
    ]);
    const names = processLimits({ name: 'Podman', isRootless: false }).map(({ Name }) => Name);
    expect(names).to.deep.equal(['nofile', 'nproc']);
  });

  it('are left to engines that pass on their own', () => {
    expect(processLimits({ name: 'Podman', isRootless: true })).to.deep.equal([]);
    expect(processLimits({ name: 'Docker', isRootless: false })).to.deep.equal([]);
  });
});
