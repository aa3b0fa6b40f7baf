/** Needs QEMU, and kernels of the project's own matrix, which are fetched if the cache does not have them. */
import { expect } from 'chai';
import { createStarter, prepareGuest } from '../bench/guest-boots.ts';
import { cacheRoot } from '../cache/cache-root.ts';
import { isCrash } from '../verdict/finding.ts';

/** Controllers without a v1 hierarchy: misc came with Linux 5.13, the others left Debian with 6.12. */
const NOT_ON_V1: Readonly<Record<string, readonly string[]>> = {
  'debian-5.10': ['misc'],
  'debian-6.1': [],
  'debian-6.12': ['cpuset', 'memory'],
  'debian-7.3': ['cpuset', 'memory'],
};

for (const [kernel, notOnV1] of Object.entries(NOT_ON_V1)) {
  describe(`facts of ${kernel}`, function () {
    this.timeout(300_000);

    for (const mode of ['v1', 'v2'] as const) {
      it(`are found without leaving anything that changes ${mode}`, async () => {
        await using bench = await prepareGuest(kernel, cacheRoot(process.env));
        const booting = bench.machine.boot(bench.spec);
        const guest = await createStarter(bench).start(booting, { origin: 'boot' });
        if (guest.kind === 'failed') throw guest.error;
        await using _ = guest;
        const { facts, probed } = await guest.boot();
        const { v1Mounts, v2Enables, v1Files, v2Files } = probed;
        const refused = Object.keys(v1Mounts).filter((name) => v1Mounts[name] !== 'ok');
        expect(refused).to.deep.equal(notOnV1);
        expect(Object.keys(v2Enables)).to.have.members(facts.v2Controllers);
        expect(new Set(Object.values(v2Enables))).to.deep.equal(new Set(['ok']));
        expect(v1Files).to.include.members(['cpu.shares', 'freezer.state', 'tasks']);
        expect(v2Files).to.include.members(['cpu.max', 'memory.max', 'cgroup.procs']);
        expect(probed).to.include({ v1Named: 'ok', psi: true, swapAccounting: true, hz: 250 });

        const read = (path: string): Promise<string> => guest.client.readFile(path, 65_536);
        expect(await read('/proc/self/cgroup')).to.equal('0::/\n');
        expect(await read('/proc/mounts')).not.to.match(/cgroup|securityfs|kmx-probe/);
        const rows = (await read('/proc/cgroups')).split('\n').filter((row) => /^\w/.test(row));
        for (const row of rows) expect(row).to.match(/^\w+\t0\t/);

        const mounted = await guest.client.request('mount-cgroups', { mode });
        const onV1 = Object.keys(v1Mounts).filter((name) => v1Mounts[name] === 'ok');
        const expected = mode === 'v1' ? onV1 : [...facts.v2Controllers, 'freezer'];
        expect(mounted.controllers).to.have.members(expected);
        const { findings } = await guest.observe();
        expect(findings.filter(isCrash)).to.deep.equal([]);
      });
    }
  });
}
