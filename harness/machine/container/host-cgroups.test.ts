import { expect } from 'chai';
import fc from 'fast-check';
import { cgroupModeOf, parseCgroupMounts, readCgroupMounts } from './host-cgroups.ts';

const V1 = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime shared:9 - cgroup cgroup rw,cpu,cpuacct',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory',
];
const NAMED =
  '40 31 0:37 / /sys/fs/cgroup/systemd rw shared:6 - cgroup cgroup rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd';
const UNIFIED = '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw';
const V2 = '30 25 0:26 / /sys/fs/cgroup rw shared:4 - cgroup2 cgroup2 rw,nsdelegate';

function modeOf(...lines: readonly string[]) {
  return cgroupModeOf(parseCgroupMounts(lines.join('\n')));
}

describe("a host's cgroups", () => {
  it('are v1, hybrid or v2', () => {
    expect(modeOf(...V1)).to.equal('v1');
    expect(modeOf(...V1, NAMED, UNIFIED)).to.equal('hybrid');
    expect(modeOf(V2)).to.equal('v2');
    expect(modeOf('31 23 0:28 / / rw - ext4 /dev/vda rw')).to.equal(undefined);
  });

  it('do not become hybrid by a cgroup2 that some program has mounted elsewhere', () => {
    const cilium = UNIFIED.replace('/sys/fs/cgroup/unified', '/run/cilium/cgroupv2');
    expect(modeOf(...V1, cilium)).to.equal('v1');
    expect(modeOf(cilium)).to.equal(undefined);
  });

  it('have their controllers named by each hierarchy', () => {
    const mounts = parseCgroupMounts([...V1, NAMED, UNIFIED].join('\n'));
    expect(mounts.map(({ controllers }) => controllers.join())).to.deep.equal([
      'cpu,cpuacct',
      'memory',
      'name=systemd',
      '',
    ]);
    expect(mounts[0]?.path).to.equal('/sys/fs/cgroup/cpu,cpuacct');
  });

  it('have paths with spaces in octal', () => {
    const [mount] = parseCgroupMounts(UNIFIED.replace('unified', 'with\\040space'));
    expect(mount?.path).to.equal('/sys/fs/cgroup/with space');
  });

  it('can be read here, and from any text', async () => {
    expect(await readCgroupMounts()).to.be.an('array');
    fc.assert(fc.property(fc.string(), (text) => Array.isArray(parseCgroupMounts(text))));
  });
});
