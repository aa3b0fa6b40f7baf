import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { UsageError } from '../../errors.ts';
import { buildCpio, buildRpm, type Packed } from '../testing/build-archives.ts';
import { buildBzImage } from '../testing/build-kernel.ts';
import { resolvePackageKernel } from './package-kernel.ts';

const RELEASE = '6.12.4-200.fc41.x86_64';
const CONFIG = 'CONFIG_CGROUPS=y\n# CONFIG_CPUSETS_V1 is not set\n';

/** As Fedora's kernel-core and kernel-modules-core have it. */
const FEDORA: readonly Packed[] = [
  { path: './lib/modules', folder: true },
  { path: `./lib/modules/${RELEASE}/vmlinuz`, content: buildBzImage(RELEASE) },
  { path: `./lib/modules/${RELEASE}/config`, content: CONFIG },
  { path: `./lib/modules/${RELEASE}/build`, link: `/usr/src/kernels/${RELEASE}` },
  { path: `./lib/modules/${RELEASE}/modules.builtin`, content: 'kernel/a.ko\n' },
];
const MODULES: readonly Packed[] = [
  { path: `./lib/modules/${RELEASE}/kernel/virtio/virtio_pci.ko.xz`, content: 'not looked at' },
];

describe('a kernel in packages', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-package-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const write = async (name: string, content: Uint8Array): Promise<string> => {
    await writeFile(join(folder, name), content);
    return join(folder, name);
  };
  const resolveFiles = (files: readonly string[], image?: string) =>
    resolvePackageKernel(
      { kind: 'package', files, ...(image !== undefined && { image }) },
      { cacheRoot: join(folder, 'cache'), onProgress: () => {} },
    );
  const failure = async (files: readonly string[], image?: string): Promise<UsageError> => {
    const error = await resolveFiles(files, image).then(
      () => undefined,
      (problem: unknown) => problem,
    );
    expect(error).to.be.instanceOf(UsageError);
    expect(await listEntries()).to.deep.equal([]);
    return error as UsageError;
  };
  const listEntries = async () => {
    const { readdir } = await import('node:fs/promises');
    return readdir(join(folder, 'cache/kernels')).catch(() => []);
  };

  for (const [name, pack] of [
    ['gzip', gzipSync],
    ['zstd', zstdCompressSync],
    ['nothing', (bytes: Buffer) => bytes],
  ] as const) {
    it(`is read from RPM packages that are packed with ${name}, one with its modules`, async () => {
      const core = await write('kernel-core.rpm', buildRpm(pack(buildCpio(FEDORA))));
      const modules = await write('kernel-modules.rpm', buildRpm(pack(buildCpio(MODULES))));
      const kernel = await resolveFiles([core, modules]);
      expect(kernel.release).to.equal(RELEASE);
      expect(kernel.origin).to.equal('package kernel-core.rpm, kernel-modules.rpm');
      expect(kernel.configFrom).to.equal('package');
      expect(await readFile(kernel.config ?? '', 'utf8')).to.equal(CONFIG);
      expect(await readFile(kernel.image)).to.deep.equal(buildBzImage(RELEASE));
      expect(existsSync(join(kernel.modules ?? '', 'kernel/virtio/virtio_pci.ko.xz'))).to.equal(
        true,
      );
      expect(existsSync(join(kernel.modules ?? '', 'modules.builtin'))).to.equal(true);
    });
  }

  it('is read from a Debian package', async () => {
    const root = join(folder, 'root');
    await mkdir(join(root, 'DEBIAN'), { recursive: true });
    await mkdir(join(root, 'boot'));
    await writeFile(
      join(root, 'DEBIAN/control'),
      'Package: linux-mine\nVersion: 1\nArchitecture: amd64\nMaintainer: Me <me@example.org>\nDescription: mine\n',
    );
    await writeFile(join(root, 'boot/vmlinuz-6.12.9-mine'), buildBzImage('6.12.9-mine'));
    await writeFile(join(root, 'boot/config-6.12.9-mine'), CONFIG);
    const deb = join(folder, 'linux-mine.deb');
    await execa('dpkg-deb', ['--build', '--root-owner-group', root, deb]);
    const kernel = await resolveFiles([deb]);
    expect(kernel.release).to.equal('6.12.9-mine');
    expect(await readFile(kernel.config ?? '', 'utf8')).to.equal(CONFIG);
  });

  it('is read once, and again when a package changes', async () => {
    const rpm = await write('kernel.rpm', buildRpm(buildCpio(FEDORA)));
    const first = await resolveFiles([rpm]);
    expect((await resolveFiles([rpm])).image).to.equal(first.image);
    await write('kernel.rpm', buildRpm(buildCpio([...FEDORA, ...MODULES])));
    const second = await resolveFiles([rpm]);
    expect(second.image).not.to.equal(first.image);
    expect(second.digest).not.to.equal(first.digest);
  });

  it('is named by its image where there are several', async () => {
    const two = [
      { path: './boot/vmlinuz-6.1.1-a', content: buildBzImage('6.1.1-a') },
      { path: './boot/vmlinuz-6.1.1-b', content: buildBzImage('6.1.1-b') },
    ];
    const rpm = await write('two.rpm', buildRpm(buildCpio(two)));
    const error = await failure([rpm]);
    expect(error.message).to.equal(
      'two.rpm: expected packages of one kernel, .deb or .rpm; found 2 kernels: boot/vmlinuz-6.1.1-a, boot/vmlinuz-6.1.1-b',
    );
    expect(error.remedy).to.equal('name one of them: image: boot/vmlinuz-6.1.1-a');
    expect((await resolveFiles([rpm], 'boot/vmlinuz-6.1.1-b')).release).to.equal('6.1.1-b');
    expect((await resolveFiles([rpm], '*-a')).release).to.equal('6.1.1-a');
  });

  describe('is refused', () => {
    it('if there is none, or none with that name', async () => {
      const rpm = await write('modules.rpm', buildRpm(buildCpio(MODULES)));
      expect((await failure([rpm])).message).to.contain('found no kernel among its 1 files');
      const other = await failure([rpm], 'vmlinuz-7*');
      expect(other.message).to.contain("found no image 'vmlinuz-7*' among its 1 files");
    });

    it('if the file is no package', async () => {
      const file = await write('notes.rpm', Buffer.from('some text'));
      const { message } = await failure([file]);
      expect(message).to.match(
        /expected a package, \.deb or \.rpm; found a file that starts with the bytes 736f6d65/,
      );
    });

    it('if the file is not there', async () => {
      expect((await failure([join(folder, 'none.rpm')])).message).to.contain('ENOENT');
    });

    it('if the payload is not what the header says', async () => {
      const sha256 = '0'.repeat(64);
      const rpm = await write('wrong.rpm', buildRpm(buildCpio(FEDORA), { sha256 }));
      const { message } = await failure([rpm]);
      expect(message).to.match(
        /whose content has sha256 [0-9a-f]{64}, where its header says 0{64}/,
      );
    });

    it('if the package is cut short anywhere', async () => {
      const whole = buildRpm(gzipSync(buildCpio(FEDORA)));
      for (const part of [0.001, 0.1, 0.5, 0.9, 0.99]) {
        const rpm = await write('cut.rpm', whole.subarray(0, Math.max(8, whole.length * part)));
        const { code } = await failure([rpm]);
        expect(code, `${part}`).to.equal('BAD_ARCHIVE');
      }
    });

    it('if the package is no cpio archive', async () => {
      const rpm = await write('other.rpm', buildRpm(buildCpio(FEDORA), { format: 'drpm' }));
      expect((await failure([rpm])).message).to.contain('a payload of another kind');
    });

    it('if a .deb is broken, with what dpkg-deb says', async () => {
      const deb = await write(
        'broken.deb',
        Buffer.from('!<arch>\nand nothing that ar would write'),
      );
      expect((await failure([deb])).message).to.match(/found a broken package \(.*dpkg-deb: error/);
    });

    it('if what is called vmlinuz is no kernel', async () => {
      const rpm = await write(
        'text.rpm',
        buildRpm(buildCpio([{ path: 'boot/vmlinuz-6.1', content: 'a text' }])),
      );
      const { message } = await failure([rpm]);
      expect(message).to.match(/^text\.rpm: vmlinuz-6\.1: expected a kernel for x86_64/);
    });
  });
});
