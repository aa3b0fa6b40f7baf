import { expect } from 'chai';
import { confine, describePrivileges } from './privileges.ts';

const NONE = { name: 'Docker', hasAppArmor: false, hasSeccomp: false, hasSelinux: false } as const;

describe('the privileges of a container', () => {
  it('are few capabilities, each with its reason', () => {
    const { privileged, capabilities, securityOptions } = confine(NONE, false);
    expect({ privileged, securityOptions }).to.deep.equal({
      ...{ privileged: false, securityOptions: [] },
    });
    expect(capabilities.toSorted()).to.deep.equal([
      ...['CHOWN', 'DAC_OVERRIDE', 'KILL', 'MKNOD', 'SETGID', 'SETPCAP', 'SETUID'],
      ...['SYS_ADMIN', 'SYS_CHROOT'],
    ]);
    for (const phrase of describePrivileges(NONE, false)) expect(phrase).to.match(/^\w+: \w+/);
  });

  it('include pivot_root, and still no other system call that an engine would deny', () => {
    const engine = { ...NONE, hasSeccomp: true };
    const [option = ''] = confine(engine, false).securityOptions;
    const profile = JSON.parse(option.replace(/^seccomp=/, ''));
    const denied = profile.syscalls.flatMap(({ names }: { names: string[] }) => names);
    expect(denied).to.include.members(['kexec_load', 'init_module', 'keyctl', 'clock_settime']);
    expect(denied).not.to.include.members(['pivot_root', 'mount']);
    expect(describePrivileges(engine, false).at(-1)).to.match(/^pivot_root: /);
  });

  it('lift what a security module of the host forbids', () => {
    const modules = { hasAppArmor: true, hasSeccomp: true, hasSelinux: true };
    expect(confine({ name: 'Podman', ...modules }, false).securityOptions).to.deep.equal([
      'apparmor=unconfined',
      'label=disable',
    ]);
  });

  it('are all that there are if the matrix asks for that', () => {
    const all = { privileged: true, capabilities: [], securityOptions: [] };
    expect(confine({ ...NONE, hasAppArmor: true }, true)).to.deep.equal(all);
    expect(describePrivileges(NONE, true)).to.deep.equal(['--privileged: the matrix asks for it']);
  });
});
