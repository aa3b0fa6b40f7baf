import { expect } from 'chai';
import { InfraError } from '../../errors.ts';
import { describeEngine, readEngineFacts } from './engine-facts.ts';

// What Docker 20.10.24 and Podman 4.3.1 of Debian 12 answered, shortened.
const DOCKER_INFO = {
  Driver: 'overlay2',
  CgroupDriver: 'cgroupfs',
  CgroupVersion: '1',
  DefaultRuntime: 'runc',
  SecurityOptions: ['name=seccomp,profile=default'],
};
const DOCKER_VERSION = {
  Version: '20.10.24+dfsg1',
  Components: [{ Name: 'Engine' }, { Name: 'containerd' }, { Name: 'runc' }],
};
const PODMAN_INFO = { ...DOCKER_INFO, DefaultRuntime: 'crun', Driver: 'vfs', Rootless: true };
const PODMAN_VERSION = {
  Version: '4.3.1',
  Components: [{ Name: 'Podman Engine' }, { Name: 'Conmon' }, { Name: 'OCI Runtime (crun)' }],
};

describe('What an engine says of itself', () => {
  it('tells Docker', () => {
    const facts = readEngineFacts(DOCKER_INFO, DOCKER_VERSION);
    expect(describeEngine(facts)).to.equal('Docker 20.10.24+dfsg1');
    expect(facts).to.include({ storageDriver: 'overlay2', cgroupVersion: 1 });
    expect(facts).to.include({ hasSeccomp: true, hasAppArmor: false, isRootless: false });
  });

  it('tells Podman, which has a word of its own for running without root', () => {
    const facts = readEngineFacts(PODMAN_INFO, PODMAN_VERSION);
    expect(describeEngine(facts)).to.equal('Podman 4.3.1 (rootless)');
    expect(facts).to.include({ runtime: 'crun', storageDriver: 'vfs' });
  });

  it('tells a rootless Docker by its security options', () => {
    const SecurityOptions = ['name=apparmor', 'name=rootless'];
    const facts = readEngineFacts({ ...DOCKER_INFO, SecurityOptions }, DOCKER_VERSION);
    expect(facts).to.include({ isRootless: true, hasAppArmor: true, hasSeccomp: false });
  });

  it('is nothing that any other server says', () => {
    expect(() => readEngineFacts('<html>', {})).to.throw(InfraError, 'what neither Docker nor');
  });
});
