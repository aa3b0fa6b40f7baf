import { expect } from 'chai';
import { confine, describePrivileges } from './privileges.ts';

const NONE = { hasSeccomp: false, hasAppArmor: false, hasSelinux: false };
const ALL = { hasSeccomp: true, hasAppArmor: true, hasSelinux: true };

describe("a container's privileges", () => {
  it('are few capabilities', () => {
    const { privileged, capabilities, securityOptions } = confine(NONE, false);
    expect(privileged).to.equal(false);
    expect(capabilities).to.include('SYS_ADMIN');
    expect(capabilities).not.to.include.members(['SYS_MODULE']);
    expect(capabilities).not.to.include.members(['SYS_RAWIO']);
    expect(securityOptions).to.deep.equal([]);
  });

  it('lift what the engine has of filters that forbid what agents do', () => {
    expect(confine(ALL, false).securityOptions).to.deep.equal([
      'seccomp=unconfined',
      'apparmor=unconfined',
      'label=disable',
    ]);
  });

  it('are all if the matrix says so', () => {
    const { privileged, capabilities } = confine(ALL, true);
    expect({ privileged, capabilities }).to.deep.equal({ privileged: true, capabilities: [] });
    expect(describePrivileges(ALL, true)).to.deep.equal(['--privileged: the matrix asks for it']);
  });

  it('each have a reason', () => {
    for (const line of describePrivileges(ALL, false)) expect(line).to.match(/^\S+: \S+ .*\S$/);
  });
});
