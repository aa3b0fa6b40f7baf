import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { findGuestModules, findShareModules } from './guest-modules.ts';
import { buildModule } from './testing/build-module.ts';

const RELEASE = '6.1.0-50-cloud-amd64';
// As in Debian's 6.1.
const MODULES = {
  'drivers/virtio/virtio.ko': [],
  'drivers/virtio/virtio_ring.ko': [],
  'drivers/virtio/virtio_pci_modern_dev.ko': [],
  'drivers/virtio/virtio_pci_legacy_dev.ko': [],
  'drivers/virtio/virtio-pci.ko': [
    'virtio_ring',
    'virtio',
    'virtio_pci_legacy_dev',
    'virtio_pci_modern_dev',
  ],
  'drivers/char/virtio_console.ko': ['virtio', 'virtio_ring'],
  'drivers/block/virtio_blk.ko': ['virtio', 'virtio_ring'],
};

describe('The modules of a guest', () => {
  let folder = '';
  const write = async (name: string, content: string | Buffer) => {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  };
  const writeModules = async (
    modules: Readonly<Record<string, readonly string[]>>,
    release = RELEASE,
  ) => {
    for (const [path, depends] of Object.entries(modules)) {
      await write(`modules/kernel/${path}`, buildModule(path, release, depends));
    }
  };
  interface Parts {
    readonly config?: boolean;
    readonly modules?: boolean;
  }
  const kernelOf = (parts: Parts) => ({
    release: RELEASE,
    image: join(folder, 'vmlinuz'),
    digest: 'sha256:0',
    origin: 'path' as const,
    ...(parts.config ? { config: join(folder, 'config') } : {}),
    ...(parts.modules ? { modules: join(folder, 'modules') } : {}),
  });
  const find = (parts: Parts) => findGuestModules(kernelOf(parts));
  const findNames = async (parts: Parameters<typeof find>[0]) =>
    (await find(parts)).map(({ name }) => name);
  const fail = (parts: Parameters<typeof find>[0]) =>
    find(parts).then(
      () => expect.fail('modules were found'),
      (error: unknown) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-modules-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  describe('for a folder of the host', () => {
    // As in Debian's 6.12.
    const SHARE = {
      'fs/netfs/netfs.ko': [],
      'fs/9p/9p.ko': ['9pnet', 'netfs'],
      'net/9p/9pnet.ko': [],
      'net/9p/9pnet_virtio.ko': ['virtio_ring', 'virtio', '9pnet'],
    };
    const findShare = async (parts: Parts) =>
      (await findShareModules(kernelOf(parts)))?.map(({ name }) => name);

    it('are those that the guest has not loaded anyway', async () => {
      await writeModules({ ...MODULES, ...SHARE });
      const names = ['9pnet', '9pnet_virtio', 'netfs', '9p'];
      expect(await findShare({ modules: true })).to.deep.equal(names);
    });

    it('are none if the kernel has it all built in, as its list of these or its config says', async () => {
      const drivers = 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n';
      await write('config', `${drivers}CONFIG_NET_9P_VIRTIO=y\nCONFIG_9P_FS=y\n`);
      expect(await findShare({ config: true })).to.deep.equal([]);
      await writeModules(MODULES);
      await write('modules/modules.builtin', 'net/9p/9pnet_virtio.ko\nfs/9p/9p.ko\n');
      expect(await findShare({ modules: true })).to.deep.equal([]);
    });

    it('are not to be had if the kernel lacks it, or its modules are elsewhere', async () => {
      await writeModules(MODULES);
      expect(await findShare({ modules: true })).to.equal(undefined);
      const drivers = 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n';
      await write('config', `${drivers}CONFIG_NET_9P_VIRTIO=m\nCONFIG_9P_FS=m\n`);
      expect(await findShare({ config: true })).to.equal(undefined);
    });
  });

  describe('for reporting kernel panics', () => {
    const PANIC = 'modules/kernel/drivers/misc/pvpanic/pvpanic';
    const writePanicDriver = async (release: string, signature: string) => {
      const end = Buffer.from(signature);
      const pci = buildModule('pvpanic-pci', release, ['pvpanic']);
      await write(`${PANIC}.ko`, Buffer.concat([buildModule('pvpanic', release, []), end]));
      await write(`${PANIC}-pci.ko`, Buffer.concat([pci, end]));
    };
    const SIGNATURE = '~Module signature appended~\n';

    it('come last, where the kernel has them signed', async () => {
      await writeModules(MODULES);
      const without = await findNames({ modules: true });
      await writePanicDriver(RELEASE, SIGNATURE);
      const names = await findNames({ modules: true });
      expect(names).to.deep.equal([...without, 'pvpanic', 'pvpanic_pci']);
    });

    it('are left out if they would taint the kernel or belong to another one', async () => {
      await writeModules(MODULES);
      const without = await findNames({ modules: true });
      await writePanicDriver(RELEASE, '');
      expect(await findNames({ modules: true })).to.deep.equal(without);
      await writePanicDriver('5.10.0', SIGNATURE);
      expect(await findNames({ modules: true })).to.deep.equal(without);
    });
  });

  const IN_ORDER = [
    'virtio_ring',
    'virtio',
    'virtio_pci_legacy_dev',
    'virtio_pci_modern_dev',
    'virtio_pci',
    'virtio_console',
  ];

  it('are what its drivers need, each after its dependencies', async () => {
    await writeModules(MODULES);
    await write('config', 'CONFIG_VIRTIO_PCI=m\nCONFIG_VIRTIO_CONSOLE=m\n');
    expect(await findNames({ config: true, modules: true })).to.deep.equal(IN_ORDER);
    expect(await findNames({ modules: true })).to.deep.equal(IN_ORDER);
  });

  it('are none if all is built in, by the config or by modules.builtin', async () => {
    await writeModules({ 'drivers/block/virtio_blk.ko': [] });
    await write('config', 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n');
    expect(await findNames({ config: true })).to.deep.equal([]);
    await write(
      'modules/modules.builtin',
      'kernel/drivers/virtio/virtio_pci.ko\nkernel/drivers/char/virtio_console.ko\n',
    );
    expect(await findNames({ modules: true })).to.deep.equal([]);
  });

  it('are those that are not built in', async () => {
    await writeModules({ 'drivers/char/virtio_console.ko': ['virtio', 'virtio_ring'] });
    await write('config', 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=m\n');
    const builtIn = ['virtio', 'virtio_ring', 'virtio_pci'];
    const lines = builtIn.map((name) => `kernel/drivers/virtio/${name}.ko\n`);
    await write('modules/modules.builtin', lines.join(''));
    expect(await findNames({ config: true, modules: true })).to.deep.equal(['virtio_console']);
  });

  it('are none for a kernel about which nothing is known', async () => {
    expect(await findNames({})).to.deep.equal([]);
  });

  it('may depend on each other in a circle', async () => {
    await writeModules({ 'virtio_pci.ko': ['virtio'], 'virtio.ko': ['virtio_pci'] });
    await writeModules({ 'virtio_console.ko': [] });
    const names = await findNames({ modules: true });
    expect(names).to.deep.equal(['virtio', 'virtio_pci', 'virtio_console']);
  });

  it('cannot replace a driver that the kernel does not have', async () => {
    await write('config', 'CONFIG_VIRTIO_PCI=y\n# CONFIG_VIRTIO_CONSOLE is not set\n');
    const byConfig = await fail({ config: true });
    expect(byConfig).to.be.instanceOf(UsageError).with.property('code', 'NO_VIRTIO');
    expect(byConfig).to.have.property('remedy', 'build it with CONFIG_VIRTIO_CONSOLE=y');
    await writeModules(MODULES);
    await rm(join(folder, 'modules/kernel/drivers/virtio/virtio-pci.ko'));
    await write('modules/modules.builtin', '');
    expect(await fail({ modules: true })).to.have.property('code', 'NO_VIRTIO');
  });

  it('must exist', async () => {
    await write('config', 'CONFIG_VIRTIO_PCI=m\nCONFIG_VIRTIO_CONSOLE=m\n');
    const none = await fail({ config: true });
    expect(none).to.be.instanceOf(UsageError).with.property('code', 'NO_MODULE');
    expect(none).to.have.property('message').that.includes('no folder of modules was given');
    await writeModules(MODULES);
    await rm(join(folder, 'modules/kernel/drivers/virtio/virtio_ring.ko'));
    const one = await fail({ config: true, modules: true });
    expect(one).to.have.property('message').that.includes('virtio_pci needs module virtio_ring');
  });

  it('must belong to the same kernel', async () => {
    await writeModules(MODULES, '6.1.0-49-cloud-amd64');
    const error = await fail({ modules: true });
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
    expect(error).to.have.property('message').that.includes('6.1.0-49-cloud-amd64');
  });

  it('are only so many', async () => {
    const chain = Array.from({ length: 70 }, (_, index) => `link_${index}`);
    await writeModules({ 'virtio_pci.ko': ['link_0'], 'virtio_console.ko': [] });
    for (const [index, name] of chain.entries()) {
      await writeModules({ [`${name}.ko`]: chain.slice(index + 1, index + 2) });
    }
    const error = await fail({ modules: true });
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
    expect(error).to.have.property('message').that.includes('more than 64 modules');
  });

  it('are not looked up in a config that is no file of a reasonable size', async () => {
    await write('config', '');
    await truncate(join(folder, 'config'), 17 * 1024 * 1024);
    expect(await fail({ config: true })).to.have.property('code', 'NO_CONFIG');
    await rm(join(folder, 'config'));
    await symlink('/dev/zero', join(folder, 'config'));
    const error = await fail({ config: true });
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_CONFIG');
  });
});
