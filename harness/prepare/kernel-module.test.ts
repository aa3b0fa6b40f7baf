import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError, UsageError } from '../errors.ts';
import { buildElf } from '../kernels/testing/build-elf.ts';
import { moduleName, readKernelModule } from './kernel-module.ts';
import { buildModule } from './testing/build-module.ts';

describe('A kernel module', () => {
  let folder = '';
  const content = buildModule('virtio_pci', '6.1.0', ['virtio', 'virtio-ring']);
  const write = async (name: string, bytes: Buffer | Uint8Array) => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-module-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  const compressions: readonly (readonly [
    string,
    (bytes: Buffer) => Promise<Buffer | Uint8Array>,
  ])[] = [
    ['', async (bytes) => bytes],
    ['.gz', async (bytes) => gzipSync(bytes)],
    ['.zst', async (bytes) => zstdCompressSync(bytes)],
    ['.xz', async (input) => (await execa('xz', ['-c'], { input, encoding: 'buffer' })).stdout],
  ];
  for (const [suffix, compress] of compressions) {
    it(`is read from a file that ends with .ko${suffix}`, async () => {
      const module = await readKernelModule(
        await write(`virtio-pci.ko${suffix}`, await compress(content)),
      );
      expect(module.content.equals(content)).to.equal(true);
      expect(module).to.deep.include({
        name: 'virtio_pci',
        depends: ['virtio', 'virtio_ring'],
        release: '6.1.0',
      });
    });
  }

  it('may have no dependencies', async () => {
    const path = await write('virtio.ko', buildModule('virtio', '6.1.0', []));
    expect((await readKernelModule(path)).depends).to.deep.equal([]);
  });

  it('is called by its name in the kernel', () => {
    expect(moduleName('/lib/modules/6.1/kernel/crc32c-intel.ko.xz')).to.equal('crc32c_intel');
    expect(moduleName('kernel/virtio.ko')).to.equal('virtio');
  });

  it('is refused if the file is something else', async () => {
    for (const bytes of [Buffer.from('text'), buildElf({}), content.subarray(0, 70)]) {
      const error = await readKernelModule(await write('bad.ko', bytes)).catch(
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
    }
  });

  it('that cannot be read or unpacked is a fault of the host', async () => {
    const paths = [
      join(folder, 'missing.ko'),
      await write('bad.ko.xz', Buffer.from('text')),
      await write('bad.ko.zst', Buffer.from('text')),
      await write('bad.ko.gz', Buffer.from('text')),
    ];
    for (const path of paths) {
      const error = await readKernelModule(path).catch((reason: unknown) => reason);
      expect(error, path).to.be.instanceOf(InfraError).with.property('code', 'MODULE_UNREADABLE');
    }
  });

  for (const [suffix, compress] of compressions.slice(1)) {
    it(`is not unpacked without end from a file that ends with .ko${suffix}`, async () => {
      const packed = await compress(Buffer.alloc(1024 * 1024));
      const path = await write(`bomb.ko${suffix}`, Buffer.concat(Array(17).fill(packed)));
      const error = await readKernelModule(path).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
      expect(error).to.have.property('message').that.includes('more than 16 MiB');
    });
  }

  it('is refused, and not waited for, if it is no file', async () => {
    await execa('mkfifo', [join(folder, 'fifo.ko')]);
    await symlink('/dev/zero', join(folder, 'zero.ko'));
    for (const name of ['fifo.ko', 'zero.ko']) {
      const error = await readKernelModule(join(folder, name)).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
    }
  });

  it('has a name that fits into a list of names, and so have those that it depends on', async () => {
    const own = await write('a\nb.ko', buildModule('a', '6.1.0', []));
    const other = await write('c.ko', buildModule('c', '6.1.0', ['x\ny']));
    for (const path of [own, other]) {
      const error = await readKernelModule(path).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'BAD_MODULE');
    }
  });
});
