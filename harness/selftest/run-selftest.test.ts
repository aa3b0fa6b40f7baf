import { expect } from 'chai';
import { SELFTEST_CASES } from './cases.ts';
import { lackOf, needsContainers } from './run-selftest.ts';
import type { SelftestHost } from './selftest-host.ts';

const NO_VMS = 'there is no QEMU';
const NO_CONTAINERS = 'there is no engine';
const BARE: SelftestHost = {
  ...{ vms: { lacks: NO_VMS }, containers: { lacks: NO_CONTAINERS } },
  ...{ canMount: false, canStartEngine: false },
};
const KERNEL = { release: '6.1.0', digest: 'sha256:0', origin: 'path /boot/vmlinuz' };
const WITH_CONTAINERS: SelftestHost = {
  ...{ ...BARE, containers: { kernel: KERNEL, cgroup: 'v2' } },
  canStartEngine: true,
};

describe('a case of the selftest', () => {
  it('is not tried without what its guests run on', () => {
    for (const item of SELFTEST_CASES) {
      const expected = needsContainers(item) ? NO_CONTAINERS : NO_VMS;
      expect(lackOf(item, BARE), item.name).to.equal(expected);
    }
  });

  it('needs no QEMU if its guests are containers', () => {
    const tried = SELFTEST_CASES.filter((item) => lackOf(item, WITH_CONTAINERS) === undefined);
    expect(tried.map(({ name }) => name)).to.include.members(['container-well', 'engine-halted']);
    expect(tried.every(needsContainers)).to.equal(true);
  });
});
