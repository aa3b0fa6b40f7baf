import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findOwnCgroups, foldersOf, OwnCgroups, removeCgroups } from './own-cgroups.ts';

const ID = 'f00d';
const SYSTEMD_V2 = '29 27 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const BOTH = '40 30 0:36 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct';
const NAMED = '41 30 0:37 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd';
const UNIFIED = '42 30 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw';

describe('the cgroups of a container', () => {
  it('are found in every hierarchy, with what the engine has put below them', () => {
    const cgroups = `3:cpu,cpuacct:/docker/${ID}\n1:name=systemd:/docker/${ID}/x\n0::/docker/${ID}\n`;
    expect(foldersOf(cgroups, [BOTH, NAMED, UNIFIED].join('\n'), ID)).to.deep.equal([
      `/sys/fs/cgroup/cpu,cpuacct/docker/${ID}`,
      `/sys/fs/cgroup/systemd/docker/${ID}`,
      `/sys/fs/cgroup/unified/docker/${ID}`,
    ]);
  });

  it('are named by the engine in its own way', () => {
    for (const scope of [`docker-${ID}.scope`, `libpod-${ID}.scope`]) {
      const cgroups = `0::/user.slice/user@1000.service/${scope}/container/kmx-init\n`;
      const folder = `/sys/fs/cgroup/user.slice/user@1000.service/${scope}`;
      expect(foldersOf(cgroups, SYSTEMD_V2, ID)).to.deep.equal([folder]);
    }
  });

  it('are never those that it shares with others', () => {
    expect(foldersOf('2:misc:/\n0::/system.slice/docker.service\n', SYSTEMD_V2, ID)).to.be.empty;
    expect(foldersOf(`3:pids:/docker/${ID}\n`, `${BOTH}\n${SYSTEMD_V2}`, ID)).to.be.empty;
  });

  it('are also found where only a part of the hierarchy is to be seen', () => {
    const part = '29 27 0:26 /kubepods/pod1 /sys/fs/cgroup rw - cgroup2 cgroup2 rw';
    const found = foldersOf(`0::/kubepods/pod1/${ID}\n`, part, ID);
    expect(found).to.deep.equal([`/sys/fs/cgroup/${ID}`]);
    expect(foldersOf(`0::/elsewhere/${ID}\n`, part, ID)).to.be.empty;
  });

  it('are none once it has ended', () => {
    expect(findOwnCgroups(2 ** 22 + 1, ID)).to.be.empty;
  });
});

/** Ordinary folders: like a cgroup, one that is not empty cannot be removed by rmdir. */
describe('what an engine leaves of them', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-cgroups-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is removed with everything below', async () => {
    await mkdir(join(root, 'own', 'child', 'grandchild'), { recursive: true });
    const folders = [join(root, 'own'), join(root, 'gone')];
    expect(await removeCgroups(folders)).to.deep.equal([]);
    expect(await removeCgroups([root])).to.deep.equal([]);
    await mkdir(root);
  });

  it('is told, with the processes that keep it, and remembered', async () => {
    const child = join(root, 'child');
    await mkdir(child);
    await writeFile(join(root, 'cgroup.procs'), '');
    await writeFile(join(child, 'cgroup.procs'), '4711\n4712\n');
    const left = new Set<string>();
    const own = new OwnCgroups(left);
    const mount = `29 27 0:26 / ${tmpdir()} rw - cgroup2 cgroup2 rw`;
    const name = root.slice(tmpdir().length + 1);
    own.use(foldersOf(`0::/${name}\n`, mount, name));
    await own[Symbol.asyncDispose]();
    expect([...left]).to.deep.equal([root]);
    expect(own.leftovers).to.deep.equal([
      `the cgroup ${root} is left behind: in it runs process 4711, 4712`,
    ]);
  });
});
