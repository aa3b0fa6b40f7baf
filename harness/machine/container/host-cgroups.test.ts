import { expect } from 'chai';
import { cgroupModeOf } from './host-cgroups.ts';

const ROOT = '22 1 254:0 / / rw,relatime - ext4 /dev/vda rw';
const PIDS = '31 30 0:27 / /sys/fs/cgroup/pids rw,nosuid shared:11 - cgroup cgroup rw,pids';
const V2 = '29 27 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';

describe('the cgroup mode of a host', () => {
  for (const [mode, lines] of [
    ['v1', [ROOT, PIDS]],
    ['hybrid', [ROOT, PIDS, V2]],
    ['v2', [ROOT, V2]],
    ['v2', [ROOT]],
  ] as const) {
    it(`is ${mode} with ${lines.length} mounts`, () => {
      expect(cgroupModeOf(`${lines.join('\n')}\n`)).to.equal(mode);
    });
  }
});
