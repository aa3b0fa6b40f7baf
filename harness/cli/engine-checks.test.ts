import { expect } from 'chai';
import { checkCgroups, checkKernelLog, checkSeccomp, checkStorage } from './engine-checks.ts';

describe('What kmx doctor says of a container engine', () => {
  const rootful = {
    cgroupVersion: 1,
    cgroupDriver: 'cgroupfs',
    isRootless: false,
    runtime: 'runc',
  } as const;

  it('names the cells that its host cannot run in containers', () => {
    const check = checkCgroups('hybrid', rootful);
    expect(check).to.include({ state: 'fine' });
    expect(check.found).to.equal(
      'hybrid, driver cgroupfs: in containers, cells of cgroup v1 and v2 are skipped',
    );
  });

  it('knows which engines can give containers no cgroups', () => {
    const none = checkCgroups(undefined, rootful);
    expect(none).to.include({ state: 'reduced' });
    const v1 = checkCgroups('v1', { ...rootful, isRootless: true });
    expect(v1).to.include({ state: 'reduced' });
    const v2 = { ...rootful, cgroupVersion: 2, isRootless: true } as const;
    expect(checkCgroups('v2', { ...v2, cgroupDriver: 'cgroupfs' })).to.include({
      state: 'reduced',
    });
    expect(checkCgroups('v2', { ...v2, cgroupDriver: 'systemd' })).to.include({ state: 'fine' });
    for (const { found } of [none, v1]) expect(found).to.contain('no guest can run in a container');
  });

  it('knows that crun does without hybrid hosts', () => {
    const crun = { ...rootful, runtime: 'crun' };
    expect(checkCgroups('hybrid', crun)).to.include({ state: 'reduced' });
    expect(checkCgroups('v2', crun)).to.include({ state: 'fine' });
  });

  it('warns of storage that copies images, and of a missing seccomp', () => {
    expect(checkStorage({ storageDriver: 'overlay2' })).to.include({ state: 'fine' });
    expect(checkStorage({ storageDriver: 'vfs' })).to.include({ state: 'reduced' });
    expect(checkSeccomp({ hasSeccomp: true })).to.include({ state: 'fine' });
    expect(checkSeccomp({ hasSeccomp: false })).to.include({ state: 'reduced' });
  });

  it('says what is lost without the log of the kernel, and why it cannot be read', async () => {
    expect(await checkKernelLog('/dev/null')).to.include({ state: 'fine' });
    const { state, found } = await checkKernelLog('/nowhere/kmsg');
    expect(state).to.equal('reduced');
    expect(found).to.contain('/nowhere/kmsg cannot be read (ENOENT)');
  });
});
