import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { UsageError } from '../../errors.ts';
import { buildTar } from '../testing/build-archives.ts';
import { buildBzImage, buildVmlinux } from '../testing/build-kernel.ts';
import { resolveKataKernel } from './kata-kernel.ts';

const KATA = './opt/kata/share/kata-containers';
const RELEASE = '6.12.36';

describe('a kernel in a release of Kata', () => {
  let folder: string;
  let release: Buffer;
  before(async () => {
    release = await buildTar([
      { path: './opt/kata/bin/kata-runtime', content: 'x' },
      { path: `${KATA}/vmlinuz-${RELEASE}-157`, content: buildBzImage(RELEASE) },
      { path: `${KATA}/vmlinux-${RELEASE}-157`, content: buildVmlinux(RELEASE) },
      { path: `${KATA}/config-${RELEASE}-157`, content: 'CONFIG_CGROUPS=y\n' },
      { path: `${KATA}/vmlinuz.container`, link: `vmlinuz-${RELEASE}-157` },
      { path: `${KATA}/vmlinux.container`, link: `vmlinux-${RELEASE}-157` },
      { path: `${KATA}/vmlinuz-6.12.1-157-nvidia-gpu`, content: buildBzImage('6.12.1') },
      { path: `${KATA}/config-6.12.1-157-nvidia-gpu`, content: 'CONFIG_PSI=y\n' },
      { path: `${KATA}/vmlinuz-nvidia-gpu.container`, link: 'vmlinuz-6.12.1-157-nvidia-gpu' },
    ]);
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-kata-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const resolve = (archive: string, image?: string) =>
    resolveKataKernel(
      { kind: 'kata', archive: join(folder, archive), ...(image !== undefined && { image }) },
      { cacheRoot: join(folder, 'cache'), onProgress: () => {} },
    );

  it('is the one that Kata boots in QEMU, with its config', async () => {
    await writeFile(join(folder, 'kata-static.tar.zst'), zstdCompressSync(release));
    const kernel = await resolve('kata-static.tar.zst');
    expect(kernel.release).to.equal(RELEASE);
    expect(kernel.origin).to.equal(`kata kata-static.tar.zst: vmlinuz-${RELEASE}-157`);
    expect(await readFile(kernel.config ?? '', 'utf8')).to.equal('CONFIG_CGROUPS=y\n');
    expect(kernel.modules).to.equal(undefined);
  });

  it('is read from an archive that is packed with xz', async () => {
    const { stdout } = await execa('xz', ['-0'], { input: release, encoding: 'buffer' });
    await writeFile(join(folder, 'kata-static.tar.xz'), stdout);
    expect((await resolve('kata-static.tar.xz')).release).to.equal(RELEASE);
  });

  it('is another one if its image is named', async () => {
    await writeFile(join(folder, 'kata.tar'), release);
    const elf = await resolve('kata.tar', 'vmlinux.container');
    expect(await readFile(elf.image)).to.deep.equal(buildVmlinux(RELEASE));
    const gpu = await resolve('kata.tar', 'vmlinuz-nvidia-gpu.container');
    expect(gpu.release).to.equal('6.12.1');
    expect(await readFile(gpu.config ?? '', 'utf8')).to.equal('CONFIG_PSI=y\n');
  });

  it('is refused if there is none, or the archive is none', async () => {
    const failure = async (name: string, content: Buffer, image?: string): Promise<string> => {
      await writeFile(join(folder, name), content);
      const error = await resolve(name, image).then(
        () => expect.fail('it was taken'),
        (problem: unknown) => problem,
      );
      expect(error).to.be.instanceOf(UsageError);
      return (error as UsageError).message;
    };
    expect(await failure('kata.tar', release, 'vmlinuz-7*')).to.contain(
      "found no image 'vmlinuz-7*' among its 9 files",
    );
    const other = await buildTar([{ path: 'README', content: 'x' }]);
    expect(await failure('other.tar', other)).to.contain(
      "found no image 'vmlinuz.container or vmlinux.container' among its 1 files",
    );
    expect(await failure('text', Buffer.from('a text'))).to.contain('neither a tar nor a cpio');
    expect(await failure('cut.tar', release.subarray(0, 5000))).to.contain('tar archive');
  });
});
