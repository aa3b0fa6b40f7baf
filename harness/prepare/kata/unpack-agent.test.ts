import { mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { UsageError } from '../../errors.ts';
import { buildCpio, buildTar, type Packed } from '../../kernels/testing/build-archives.ts';
import type { ArchivedAgent } from '../../matrix/matrix.ts';
import { unpackAgent } from './unpack-agent.ts';

const AGENT = 'the agent itself, '.repeat(5000);
const KATA = './opt/kata/share/kata-containers';

/** mke2fs is where users' paths do not lead. */
const environment = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` };

describe('an agent in an archive', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-agent-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const unpack = async (archive: string, wanted: ArchivedAgent = {}): Promise<string> =>
    readFile(await unpackAgent(join(folder, archive), wanted, join(folder, 'cache')), 'utf8');
  const failure = async (archive: string, wanted: ArchivedAgent = {}): Promise<UsageError> => {
    const error = await unpack(archive, wanted).then(
      () => expect.fail('it was taken'),
      (problem: unknown) => problem,
    );
    expect(error).to.be.instanceOf(UsageError);
    expect(await readdir(join(folder, 'cache/temporary')).catch(() => [])).to.deep.equal([]);
    return error as UsageError;
  };

  /** A root file system as Kata's osbuilder makes them: with systemd, or with the agent as init. */
  async function makeRoot({ isInit = false } = {}): Promise<string> {
    const root = join(folder, 'root');
    await rm(root, { recursive: true, force: true });
    const files = isInit ? { 'sbin/init': AGENT } : { 'usr/bin/kata-agent': AGENT };
    for (const [path, content] of Object.entries({
      ...files,
      'usr/lib/systemd/systemd': 'systemd',
    })) {
      await mkdir(dirname(join(root, path)), { recursive: true });
      await writeFile(join(root, path), content);
    }
    if (!isInit) {
      await mkdir(join(root, 'sbin'));
      await symlink('../usr/lib/systemd/systemd', join(root, 'sbin/init'));
      await symlink('usr/bin', join(root, 'bin'));
      await symlink('/bin/kata-agent', join(root, 'usr/bin/link'));
      await symlink('loop', join(root, 'usr/bin/loop'));
    }
    return root;
  }

  async function makeExt4(name: string, { isInit = false } = {}): Promise<string> {
    const root = await makeRoot({ isInit });
    const image = join(folder, name);
    await execa('mke2fs', ['-q', '-t', 'ext4', '-d', root, image, '4M'], { env: environment });
    return image;
  }

  /** Behind an MBR with one partition, at 3 MiB as in Kata's images. */
  async function partition(image: string, name: string, { gpt = false } = {}): Promise<void> {
    const start = 3 * 1024 * 1024;
    await using disk = await open(join(folder, name), 'w');
    const mbr = Buffer.alloc(512);
    mbr.writeUInt8(gpt ? 0xee : 0x83, 446 + 4);
    mbr.writeUInt32LE(gpt ? 1 : start / 512, 446 + 8);
    mbr.writeUInt16LE(0xaa55, 510);
    await disk.write(mbr, 0, 512, 0);
    if (gpt) {
      const header = Buffer.alloc(92);
      header.write('EFI PART');
      header.writeBigUInt64LE(2n, 72);
      header.writeUInt32LE(128, 80);
      header.writeUInt32LE(128, 84);
      await disk.write(header, 0, header.length, 512);
      const entry = Buffer.alloc(128);
      entry.writeBigUInt64LE(BigInt(start / 512), 32);
      await disk.write(entry, 0, 128, 1024);
    }
    await disk.write(await readFile(image), 0, undefined, start);
  }

  it('is found in an image with an ext4 file system', async () => {
    await makeExt4('rootfs.img');
    expect(await unpack('rootfs.img')).to.equal(AGENT);
  });

  it('is found at the end of links in it, and with a name that debugfs would misread', async () => {
    await makeExt4('what?offset=5.img');
    expect(await unpack('what?offset=5.img', { file: 'usr/bin/link' })).to.equal(AGENT);
    expect(await unpack('what?offset=5.img', { file: '/bin/kata-agent' })).to.equal(AGENT);
    expect((await failure('what?offset=5.img', { file: 'usr/bin/loop' })).message).to.contain(
      'found no usr/bin/loop in it',
    );
  });

  it('is found behind a table of partitions, old or new', async () => {
    const image = await makeExt4('rootfs.img');
    await partition(image, 'mbr.img');
    await partition(image, 'gpt.img', { gpt: true });
    expect(await unpack('mbr.img')).to.equal(AGENT);
    expect(await unpack('gpt.img')).to.equal(AGENT);
  });

  it("is found where it is the guest's init, which systemd is not", async () => {
    await makeExt4('init.img', { isInit: true });
    expect(await unpack('init.img')).to.equal(AGENT);
    const systemd: readonly Packed[] = [
      { path: 'usr/lib/systemd/systemd', content: 'systemd' },
      { path: 'sbin/init', link: '/usr/lib/systemd/systemd' },
    ];
    await writeFile(join(folder, 'systemd.cpio'), buildCpio(systemd));
    expect((await failure('systemd.cpio')).message).to.contain(
      'found no usr/bin/kata-agent or sbin/init in it',
    );
  });

  it('is found in an initrd', async () => {
    const initrd = gzipSync(buildCpio([{ path: './sbin/init', content: AGENT }]));
    await writeFile(join(folder, 'initrd.img'), initrd);
    expect(await unpack('initrd.img')).to.equal(AGENT);
  });

  it('is found in the image of a release, which Kata names with a link', async () => {
    const image = await makeExt4('rootfs.img');
    await partition(image, 'disk.img');
    const initrd = gzipSync(buildCpio([{ path: './sbin/init', content: 'of the initrd' }]));
    const release = await buildTar([
      {
        path: `${KATA}/kata-ubuntu-noble.image`,
        content: await readFile(join(folder, 'disk.img')),
      },
      { path: `${KATA}/kata-containers.img`, link: 'kata-ubuntu-noble.image' },
      { path: `${KATA}/kata-alpine.initrd`, content: initrd },
      { path: `${KATA}/kata-containers-initrd.img`, link: 'kata-alpine.initrd' },
    ]);
    await writeFile(join(folder, 'kata.tar.zst'), zstdCompressSync(release));
    expect(await unpack('kata.tar.zst')).to.equal(AGENT);
    expect(await unpack('kata.tar.zst', { image: '*-initrd.img' })).to.equal('of the initrd');
    const error = await failure('kata.tar.zst', { image: 'kata-windows.img' });
    expect(error.message).to.contain("found no image 'kata-windows.img' in it");
  });

  describe('in an image with an erofs file system', () => {
    before(async function () {
      // Of erofs-utils, which not every host has.
      const { failed } = await execa('mkfs.erofs', ['--help'], { env: environment, reject: false });
      if (failed) this.skip();
    });

    async function makeErofs(name: string, ...options: readonly string[]): Promise<string> {
      const image = join(folder, name);
      await execa('mkfs.erofs', [...options, image, await makeRoot()], { env: environment });
      return image;
    }

    it('is found, as Kata builds them and with its end in the inode', async () => {
      await makeErofs('kata.img', '-Enoinline_data');
      expect(await unpack('kata.img')).to.equal(AGENT);
      await makeErofs('inline.img');
      expect(await unpack('inline.img')).to.equal(AGENT);
    });

    it('is found at the end of links, and of links to folders', async () => {
      await makeErofs('rootfs.img');
      for (const file of ['usr/bin/link', '/bin/kata-agent', 'bin/link']) {
        expect(await unpack('rootfs.img', { file })).to.equal(AGENT);
      }
      for (const file of ['usr/bin/loop', 'usr/bin', 'usr/bin/link/x', 'none']) {
        const { message } = await failure('rootfs.img', { file });
        expect(message).to.contain(`found no ${file} in it`);
      }
    });

    it('is found behind a table of partitions, in a release', async () => {
      await partition(await makeErofs('rootfs.img', '-Enoinline_data'), 'disk.img');
      const content = await readFile(join(folder, 'disk.img'));
      const release = await buildTar([{ path: `${KATA}/kata-containers.img`, content }]);
      await writeFile(join(folder, 'kata.tar.zst'), zstdCompressSync(release));
      expect(await unpack('kata.tar.zst')).to.equal(AGENT);
    });

    it('is refused if it is compressed, or the file system broken', async () => {
      await makeErofs('packed.img', '-zlz4hc');
      expect((await failure('packed.img')).message).to.contain('erofs has compressed');
      const image = await readFile(await makeErofs('rootfs.img'));
      image.fill(0xa5, 1024 + 64);
      await writeFile(join(folder, 'broken.img'), image);
      expect((await failure('broken.img')).message).to.contain('a broken erofs file system');
      // Cut off in the middle of the agent.
      const whole = await readFile(await makeErofs('whole.img', '-Enoinline_data'));
      await writeFile(join(folder, 'short.img'), whole.subarray(0, -8192));
      expect((await failure('short.img')).message).to.contain('a broken erofs file system');
    });
  });

  it('is unpacked once', async () => {
    await makeExt4('rootfs.img');
    const path = await unpackAgent(join(folder, 'rootfs.img'), {}, join(folder, 'cache'));
    expect(await unpackAgent(join(folder, 'rootfs.img'), {}, join(folder, 'cache'))).to.equal(path);
    expect(await readdir(join(folder, 'cache/agents'))).to.have.lengthOf(1);
  });

  describe('is refused', () => {
    it('in an image of another file system', async () => {
      const image = Buffer.alloc(4096);
      image.write('hsqs');
      await writeFile(join(folder, 'squashfs.img'), image);
      expect((await failure('squashfs.img')).message).to.contain(
        'found an image with squashfs, which kmx does not read (it reads ext4 and erofs)',
      );
    });

    it('in what is neither an archive nor an image', async () => {
      await writeFile(join(folder, 'text'), 'a text');
      expect((await failure('text')).message).to.contain('found neither an archive nor an image');
      await writeFile(join(folder, 'empty'), '');
      expect((await failure('empty')).message).to.contain('found an empty file');
      expect((await failure('none')).message).to.contain('ENOENT');
    });

    it('in a broken file system', async () => {
      const image = await readFile(await makeExt4('rootfs.img'));
      // The table of groups and the inodes: all but the superblock's beginning.
      image.fill(0xa5, 1024 + 60, 1024 * 1024);
      await writeFile(join(folder, 'broken.img'), image);
      const { message } = await failure('broken.img');
      expect(message).to.match(/found (a broken ext4 file system|no usr\/bin\/kata-agent)/);
    });
  });
});
