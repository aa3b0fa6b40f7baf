import { expect } from 'chai';
import { containerOptions } from './container-options.ts';

describe('the options of a container', () => {
  const confinement = { privileged: false, capabilities: [], securityOptions: [] };
  const wish = {
    ...{ image: 'i', owner: 'o', ports: '/tmp/p', memoryMib: 256, confinement, processLimits: [] },
  } as unknown as Parameters<typeof containerOptions>[0];

  it('have a folder of the host read-only, whatever its name', () => {
    const { HostConfig } = containerOptions({ ...wish, share: '/a:b' });
    expect(HostConfig.Mounts).to.deep.equal([
      { Type: 'bind', Source: '/a:b', Target: '/mnt/share', ReadOnly: true },
    ]);
    expect(containerOptions(wish).HostConfig).not.to.have.property('Mounts');
  });
});
