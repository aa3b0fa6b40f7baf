import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestOf } from '../cache/digest.ts';
import { buildElf } from '../kernels/testing/build-elf.ts';
import { testCell } from '../matrix/testing/test-cell.ts';
import {
  createCellPreparer,
  type PrepareCellOptions,
  type PreparedCell,
  type PreparedVm,
  prepareCell,
} from './prepare-cell.ts';
import { buildModule } from './testing/build-module.ts';
import { readCpio } from './testing/read-cpio.ts';

function vmOf(boot: PreparedCell['boot']): PreparedVm {
  if (boot.kind !== 'vm') throw new Error('Expected a virtual machine');
  return boot;
}

describe('A prepared cell', () => {
  let folder = '';
  const binary = (name: string) => join(folder, name);
  const optionsWith = (others: Partial<PrepareCellOptions> = {}): PrepareCellOptions => ({
    cell: testCell({ kernel: 'k', config: 'c', cgroup: 'v1', agent: 'a' }),
    kernel: {
      release: '6.1.0',
      image: binary('vmlinuz'),
      digest: digestOf('a kernel'),
      origin: 'path',
    },
    config: { bootParameters: ['cgroup_disable=cpuset'], leaveUnmounted: ['pids'] },
    agent: { kind: 'reference', guard: 'on' },
    binaries: { init: binary('init'), agent: binary('agent'), workload: binary('workload') },
    cacheRoot: join(folder, 'cache'),
    ...others,
  });
  const prepare = (others: Partial<PrepareCellOptions> = {}) => prepareCell(optionsWith(others));
  const prepareVm = async (others: Parameters<typeof prepare>[0] = {}): Promise<PreparedVm> =>
    vmOf((await prepare(others)).boot);
  const readPaths = async (path: string) =>
    readCpio(await readFile(path)).map((record) => record.path);

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-cell-'));
    await writeFile(binary('vmlinuz'), 'a kernel');
    for (const name of ['init', 'agent', 'workload']) {
      await writeFile(binary(name), buildElf({ tail: Buffer.from(name) }));
    }
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has an initramfs with init, the workload in a root of its own, and the agent', async () => {
    const records = readCpio(await readFile((await prepareVm()).initramfs));
    const modes = records.map(({ path, mode }) => `${mode.toString(8)} ${path}`);
    expect(modes).to.deep.equal([
      '40755 dev',
      '20600 dev/console',
      '100755 init',
      '40700 root',
      '40755 rootfs',
      '40755 rootfs/bin',
      '100755 rootfs/bin/workload',
      '40755 rootfs/dev',
      '40755 rootfs/proc',
      '40755 rootfs/sys',
      '41777 rootfs/tmp',
      '40755 kmx',
      '40755 kmx/agent',
      '100755 kmx/agent/agent',
    ]);
    const init = records.find(({ path }) => path === 'init');
    expect(init?.content.equals(await readFile(binary('init')))).to.equal(true);
  });

  it('passes on what its config says', async () => {
    const { boot, leaveUnmounted, agent } = await prepare();
    expect(vmOf(boot).bootParameters.at(-1)).to.equal('cgroup_disable=cpuset');
    expect(leaveUnmounted).to.deep.equal(['pids']);
    expect(agent.argv).to.deep.equal(['/kmx/agent/agent', '--guard=on']);
  });

  it('packs the modules that its kernel needs, with a list in loading order', async () => {
    const modules = join(folder, 'modules');
    await mkdir(modules);
    const files = { virtio: [], virtio_pci: ['virtio'], virtio_console: ['virtio'] };
    for (const [name, depends] of Object.entries(files)) {
      await writeFile(join(modules, `${name}.ko`), buildModule(name, '6.1.0', depends));
    }
    const image = binary('vmlinuz');
    const kernel = { release: '6.1.0', image, digest: 'sha256:1', origin: 'path', modules };
    const records = readCpio(await readFile((await prepareVm({ kernel })).initramfs));
    const list = records.find(({ path }) => path === 'kmx/modules.list');
    expect(list?.content.toString()).to.equal('virtio.ko\nvirtio_pci.ko\nvirtio_console.ko\n');
    for (const name of Object.keys(files)) {
      const packed = records.find(({ path }) => path === `kmx/modules/${name}.ko`);
      expect(packed?.content.equals(await readFile(join(modules, `${name}.ko`)))).to.equal(true);
    }
  });

  it('is the same, byte for byte and file for file, if nothing has changed', async () => {
    const first = await prepare();
    const elsewhere = await prepare({ cacheRoot: join(folder, 'other') });
    expect(await prepare()).to.deep.equal(first);
    expect(elsewhere.digest).to.equal(first.digest);
    const bytes = await Promise.all([
      readFile(vmOf(first.boot).initramfs),
      readFile(vmOf(elsewhere.boot).initramfs),
    ]);
    expect(bytes[0]?.equals(bytes[1] ?? Buffer.alloc(0))).to.equal(true);
  });

  it('shares its initramfs with cells that differ in other ways', async () => {
    const first = await prepare();
    const guardOff = await prepare({ agent: { kind: 'reference', guard: 'off' } });
    expect(vmOf(guardOff.boot).initramfs).to.equal(vmOf(first.boot).initramfs);
    expect(guardOff.digest).to.not.equal(first.digest);
    // The shared one, and the same without an agent.
    expect(await readdir(join(folder, 'cache', 'initramfs'))).to.have.length(2);
  });

  it('has another digest if anything that its guests are made from differs', async () => {
    const { cell, kernel } = await prepare();
    const digests = [
      (await prepare()).digest,
      (await prepare({ cell: { ...cell, cgroup: 'v2' } })).digest,
      (await prepare({ kernel: { ...kernel, digest: 'sha256:2' } })).digest,
      (await prepare({ config: { bootParameters: [], leaveUnmounted: ['pids'] } })).digest,
      (await prepare({ config: { bootParameters: [], leaveUnmounted: [] } })).digest,
    ];
    await writeFile(binary('workload'), buildElf({ tail: Buffer.from('changed') }));
    digests.push((await prepare()).digest);
    expect(new Set(digests).size).to.equal(digests.length);
  });

  it('is the same if it is prepared with others, whose inputs are read only once', async () => {
    const options = optionsWith();
    const v2 = { ...options, cell: { ...options.cell, cgroup: 'v2' } } as const;
    const off = { ...options, agent: { kind: 'reference', guard: 'off' } } as const;
    const all = [options, v2, off];
    const alone = await Promise.all(all.map(prepareCell));
    const prepareAny = createCellPreparer(options);
    expect(await Promise.all(all.map(prepareAny))).to.deep.equal(alone);
    for (const path of Object.values(options.binaries)) await rm(path);
    expect(await Promise.all(all.map(prepareAny))).to.deep.equal(alone);
  });

  it('needs neither initramfs nor boot parameters for a container', async () => {
    const cell = testCell({ kernel: 'host', machine: 'container', machineKind: 'container' });
    const kernel = { release: '6.1.0', digest: digestOf('a kernel'), origin: 'this host' };
    const { boot, digest } = await prepare({ cell, kernel });
    const layers = boot.kind === 'container' ? boot.layers : [];
    expect(layers.map((entries) => entries.at(0)?.path)).to.deep.equal([
      '/init',
      '/kmx/agent/agent',
    ]);
    await writeFile(binary('init'), buildElf({ tail: Buffer.from('changed') }));
    expect((await prepare({ cell, kernel })).digest).to.not.equal(digest);
  });

  it('carries the user’s agent instead of our own', async () => {
    await writeFile(binary('kata-agent'), buildElf({ tail: Buffer.from('kata') }));
    const path = binary('kata-agent');
    const agent = { kind: 'kata', path, arguments: [], environment: {}, libraryPath: [] } as const;
    const { boot, agentFiles } = await prepare({ agent });
    const { initramfs, bare } = vmOf(boot);
    expect(await readPaths(initramfs)).to.include('kmx/agent/agent');
    expect(await readPaths(bare.initramfs)).to.not.include('kmx/agent/agent');
    expect(agentFiles.map((entry) => entry.path)).to.deep.equal(['/kmx/agent/agent']);
    expect(bare).to.deep.equal((await prepareVm()).bare);
    const packed = readCpio(await readFile(initramfs)).at(-1);
    expect(packed?.content.equals(await readFile(path))).to.equal(true);
  });
});
