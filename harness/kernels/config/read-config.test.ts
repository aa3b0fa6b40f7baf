import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { buildDeb } from '../../debian/testing/build-deb.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { ConfigOrigin } from '../../events.ts';
import { buildIkconfig, buildPackedBzImage, buildVmlinux } from '../testing/build-kernel.ts';
import { readKernelConfig } from './read-config.ts';

const TEXT = `#
# Automatically generated file; DO NOT EDIT.
# Linux/x86 6.12.117 Kernel Configuration
#
CONFIG_CPUSETS=y
# CONFIG_CPUSETS_V1 is not set
`;
const RELEASE = '6.12.117+deb12-cloud-amd64';
const VMLINUX = buildVmlinux(RELEASE, { ikconfig: TEXT });

type Pack = (bytes: Buffer) => Promise<Buffer>;

const packWith =
  (program: string, ...options: readonly string[]): Pack =>
  async (input) => {
    const whole = { encoding: 'buffer', stripFinalNewline: false } as const;
    const { stdout } = await execa(program, options, { input, ...whole });
    return Buffer.from(stdout);
  };

/** As the kernel's build does it: scripts/Makefile.lib. */
const KERNEL_PACKERS: Readonly<Record<string, Pack>> = {
  gzip: async (bytes) => gzipSync(bytes),
  zstd: async (bytes) => zstdCompressSync(bytes),
  xz: packWith('xz', '-c', '--check=crc32', '--x86', '--lzma2=dict=32MiB'),
  lzma: packWith('xz', '-c', '--format=lzma'),
  bzip2: packWith('bzip2', '-c'),
  lz4: packWith('lz4', '-l', '-c', '-'),
  lzop: packWith('lzop', '-c'),
};

async function isInstalled(program: string): Promise<boolean> {
  const { failed } = await execa('sh', ['-c', `command -v ${program}`], { reject: false });
  return !failed;
}

describe('the configuration in a file', () => {
  let folder = '';
  const write = async (name: string, content: Buffer | string): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const expectConfig = async (path: string, from: ConfigOrigin): Promise<void> => {
    const found = await readKernelConfig(path);
    expect(found.text.toString()).to.equal(TEXT);
    expect(found).to.include({ from, problemCount: 0 });
    expect([...found.config.symbols.keys()]).to.deep.equal(['CPUSETS', 'CPUSETS_V1']);
  };
  const refuse = async (path: string): Promise<UsageError> => {
    const error = await readKernelConfig(path).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_CONFIG');
    return error as UsageError;
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-config-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is read from a text, whatever its name', async () => {
    await expectConfig(await write('bzImage', TEXT), 'file');
  });

  it('is read from an ELF file and from a module that hold it', async () => {
    await expectConfig(await write('vmlinux', VMLINUX), 'image');
    await expectConfig(await write('configs.ko.xz', VMLINUX), 'image');
  });

  for (const [program, pack] of Object.entries(KERNEL_PACKERS)) {
    describe(`packed with ${program}`, () => {
      before(async function () {
        if (!['gzip', 'zstd'].includes(program) && !(await isInstalled(program))) this.skip();
      });

      it('is read from a text and from an ELF file', async () => {
        await expectConfig(await write('config', await pack(Buffer.from(TEXT))), 'file');
        await expectConfig(await write('vmlinux', await pack(VMLINUX)), 'image');
      });

      it('is read from a bzImage', async () => {
        const size = Buffer.alloc(program === 'gzip' ? 0 : 4);
        size.fill(0xff);
        const payload = Buffer.concat([await pack(VMLINUX), size]);
        await expectConfig(await write('bzImage', buildPackedBzImage(RELEASE, payload)), 'image');
      });

      it('is refused if the data is broken or has no end', async () => {
        const packed = await pack(Buffer.concat([VMLINUX, Buffer.alloc(64 * 1024)]));
        const broken = await refuse(await write('broken', packed.subarray(0, packed.length - 20)));
        expect(broken.message).to.match(/found broken \w+ data \(.+\)$/);
      });
    });
  }

  it('may have problems, which are returned with it', async () => {
    const found = await readKernelConfig(await write('config', `${TEXT}CONFIG_CPUSETS=m\n`));
    expect(found.problems).to.deep.equal([
      { line: 7, column: 8, message: 'CONFIG_CPUSETS is on line 5, too: the last one counts' },
    ]);
  });

  it('names the program that is missing, and its package', async () => {
    const packed = Buffer.from('894c5a4f000d0a1a0a00', 'hex');
    const path = await write('bzImage', buildPackedBzImage(RELEASE, packed));
    const { PATH } = process.env;
    try {
      process.env.PATH = folder;
      const error = await readKernelConfig(path).catch((reason: unknown) => reason);
      expect(error)
        .to.be.instanceOf(InfraError)
        .that.includes({
          code: 'NO_LZOP',
          message: `lzop is not installed, but needed to unpack ${path}`,
          remedy: 'apt-get install lzop',
        });
    } finally {
      process.env.PATH = PATH;
    }
  });

  it('is not in an image that was built without it', async () => {
    const plain = buildVmlinux(RELEASE);
    const image = await write('a', buildPackedBzImage(RELEASE, gzipSync(plain)));
    const without = `${image}: expected a kernel's configuration; found the image of ${RELEASE} `;
    expect(await refuse(image)).to.include({
      message: `${without}without a configuration in it (CONFIG_IKCONFIG)`,
      remedy: `name its .config, on Debian /boot/config-${RELEASE}, or build it with CONFIG_IKCONFIG=y`,
    });
    const { message } = await refuse(await write('vmlinux', plain));
    expect(message).to.include('found an ELF file without a configuration in it');
  });

  it('is not in an image, but may be beside it', async () => {
    for (const suffix of ['', `-${RELEASE}`]) {
      const config = await write(`config${suffix}`, TEXT);
      const image = await write(`vmlinuz${suffix}`, buildVmlinux(RELEASE));
      expect(await refuse(image)).to.have.property('remedy', `name ${config}, which is beside it`);
    }
  });

  it('is found behind marks that are none', async () => {
    const marks = Buffer.from('IKCFG_ST\x1f\x8b\x08 and IKCFG_ED IKCFG_ST ', 'latin1');
    const image = Buffer.concat([Buffer.alloc(16), marks, buildIkconfig(TEXT)]);
    await expectConfig(await write('a', image), 'image');
    const many = Buffer.concat([Buffer.alloc(16), ...Array(16).fill(marks), buildIkconfig(TEXT)]);
    expect((await refuse(await write('b', many))).message).to.include('found binary data');
  });

  it('has an end even in an image', async () => {
    const bomb = gzipSync(Buffer.alloc(9 * 1024 * 1024));
    const begin = Buffer.from('\0IKCFG_ST');
    const image = Buffer.concat([begin, bomb, Buffer.from('IKCFG_ED')]);
    expect((await refuse(await write('a', image))).message).to.include('found binary data');
  });

  it('is refused if it is a text of 1 GB, which is not read', async () => {
    const path = await write('config', TEXT.repeat(100));
    await truncate(path, 1024 ** 3);
    const { message } = await refuse(path);
    expect(message).to.include('found a file of 1024 MiB, more than 8 MiB');
  });

  it('is refused if what is unpacked is too large', async function () {
    // It unpacks 256 MiB, which a busy host takes a while for.
    this.timeout(60_000);
    const bomb = Buffer.concat(Array<Buffer>(300).fill(gzipSync(Buffer.alloc(1024 * 1024))));
    const { message } = await refuse(await write('config.gz', bomb));
    expect(message).to.include('found gzip data that unpacks to more than 256 MiB');
  });

  it('is refused if it is packed again and again', async () => {
    const packed = gzipSync(gzipSync(gzipSync(TEXT)));
    await expectConfig(await write('twice', gzipSync(gzipSync(TEXT))), 'file');
    const { message } = await refuse(await write('thrice', packed));
    expect(message).to.include('found gzip data with gzip data with data that is packed again');
  });

  it('is refused, and not waited for, if it is no file', async () => {
    await mkdir(join(folder, 'folder'));
    await execa('mkfifo', [join(folder, 'fifo')]);
    await symlink('/dev/zero', join(folder, 'device'));
    for (const [name, what] of [
      ['folder', 'a folder'],
      ['fifo', 'a FIFO'],
      ['device', 'a device'],
    ] as const) {
      expect((await refuse(join(folder, name))).message).to.include(`found ${what}`);
    }
  });

  it('is refused if the file is something else, and the error says what', async () => {
    for (const [content, what] of [
      ['', 'an empty file'],
      ['root:x:0', 'a text that begins with: root:x:0'],
      [Buffer.from('\0\u0001\u0002'), 'binary data'],
      [gzipSync('hello'), 'a text that begins with: hello'],
    ] as const) {
      const { message, remedy } = await refuse(await write('a', content));
      expect(message).to.include(`found ${what}`);
      expect(remedy).to.include('/boot/config-');
    }
    const missing = await readKernelConfig(join(folder, 'none')).catch((reason: unknown) => reason);
    expect(missing).to.be.instanceOf(UsageError).with.property('code', 'KERNEL_UNREADABLE');
  });

  describe('in a Debian package', () => {
    const inPackage = async (files: Parameters<typeof buildDeb>[2]): Promise<string> => {
      const path = join(folder, 'a.deb');
      await buildDeb(path, 'a', files);
      return path;
    };

    for (const file of [
      `boot/config-${RELEASE}`,
      `lib/modules/${RELEASE}/config`,
      `usr/lib/modules/${RELEASE}/config`,
      `usr/src/linux-headers-${RELEASE}/.config`,
    ]) {
      it(`is read from ${file}`, async () => {
        const others = { 'boot/a': { link: '/dev/zero' }, 'usr/share/doc/config': 'a', zoo: TEXT };
        await expectConfig(await inPackage({ ...others, [file]: TEXT }), 'package');
      });
    }

    it('is refused if it is none, too large or in a link', async () => {
      const config = `boot/config-${RELEASE}`;
      for (const [content, what] of [
        ['hello', 'a text that begins with: hello'],
        [Buffer.alloc(9 * 1024 * 1024), 'a package with a configuration of 9 MiB'],
        [{ link: '/proc/config.gz' }, "a package without a kernel's configuration"],
      ] as const) {
        const { message } = await refuse(await inPackage({ [config]: content }));
        expect(message).to.include(`found ${what}`);
      }
    });

    it('is refused if the package is broken', async () => {
      const { message } = await refuse(await write('a.deb', '!<arch>\nnonsense'));
      expect(message).to.include('found a package that is not read: dpkg-deb: error:');
    });
  });
});
