import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { InfraError } from '../errors.ts';
import { buildDeb, type DebFiles } from './testing/build-deb.ts';
import { unpackDeb } from './unpack-deb.ts';

const MIB = 1024 * 1024;

describe('A package that is unpacked', () => {
  let folder = '';
  let deb = '';
  const unpack = async (files: DebFiles) => {
    await buildDeb(deb, 'a', files);
    return unpackDeb(deb, join(folder, 'own'), { bytesMax: MIB });
  };
  const refuse = async (unpacking: Promise<unknown>, message: string) => {
    const error = await unpacking.catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'UNSAFE_PACKAGE');
    expect(error).to.have.property('message').that.includes(message);
  };
  const run = (program: string, ...args: readonly string[]) =>
    execa(program, args, { cwd: folder });
  /** For what dpkg-deb does not pack: it is two tar files in an archive of ar(5). */
  const packTrees = async (...trees: readonly string[]) => {
    await buildDeb(deb, 'a', {});
    for (const tree of trees) {
      await run('tar', '--append', '--sparse', '--file=data.tar', `--directory=${tree}`, '.');
    }
    await run('dpkg-deb', '--control', deb, 'control');
    await run('tar', '--create', '--file=control.tar', '--directory=control', '.');
    await writeFile(join(folder, 'debian-binary'), '2.0\n');
    const members = ['debian-binary', 'control.tar', 'data.tar'];
    const parts = await Promise.all(members.map((name) => readFile(join(folder, name))));
    const archive = parts.map((part, index) => {
      const name = (members[index] ?? '').padEnd(16);
      const numbers = ['0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
      const header = `${name}${numbers.join('')}${`${part.length}`.padEnd(10)}\`\n`;
      return Buffer.concat([Buffer.from(header), part, Buffer.alloc(part.length % 2, '\n')]);
    });
    await writeFile(deb, Buffer.concat([Buffer.from('!<arch>\n'), ...archive]));
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-unpack-'));
    deb = join(folder, 'a.deb');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('has its files in a folder of its own', async () => {
    const files = await unpack({ 'boot/config': 'a', 'boot/b': { link: 'config' }, c: '' });
    expect(files.toSorted()).to.deep.equal(['boot/config', 'c']);
    expect(await readFile(join(folder, 'own', 'boot', 'config'), 'utf8')).to.equal('a');
  });

  it('may have links that dangle below its folder', async () => {
    const links = { 'usr/share/doc/a': { link: 'b' }, 'usr/share/doc/c': { link: '../../lib' } };
    expect(await unpack(links)).to.deep.equal([]);
  });

  for (const link of ['/etc', '/etc/none', '..', '../../none', 'up/../../..']) {
    it(`is refused with a link to ${link}`, async () => {
      await refuse(unpack({ up: { link: '.' }, out: { link } }), `its link out leads to ${link}`);
    });
  }

  it('may lose links that lead out of it', async () => {
    const deb = join(folder, 'links.deb');
    await buildDeb(deb, 'links', {
      'usr/lib/ssl/certs': { link: '/etc/ssl/certs' },
      'usr/lib/a': { link: 'b' },
      'usr/lib/b': 'b',
    });
    await unpackDeb(deb, join(folder, 'own'), { linksOutside: 'remove' });
    expect(await readdir(join(folder, 'own/usr/lib/ssl'))).to.deep.equal([]);
    expect(await readFile(join(folder, 'own/usr/lib/a'), 'utf8')).to.equal('b');
  });

  it('does not write through its own links', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    await mkdir(join(folder, 'one'));
    await symlink(outside, join(folder, 'one', 'boot'));
    await mkdir(join(folder, 'two', 'boot'), { recursive: true });
    await writeFile(join(folder, 'two', 'boot', 'file'), 'written');
    await packTrees('one', 'two');
    const { stdout } = await run('dpkg-deb', '--contents', deb);
    expect(stdout).to.include(`./boot -> ${outside}`).and.include('./boot/file');
    await unpackDeb(deb, join(folder, 'own'), { bytesMax: MIB }).catch((error: unknown) => {
      if (!(error instanceof InfraError)) throw error;
    });
    expect(await readdir(outside)).to.deep.equal([]);
  });

  it('is refused if it is too large, and then leaves little behind', async () => {
    await refuse(unpack({ a: Buffer.alloc(MIB) }), 'more than 1 MiB');
    expect((await stat(join(folder, 'own', 'a'))).size).to.be.at.most(MIB);
  });

  it('is refused if a file of it is sparse and too large', async () => {
    await mkdir(join(folder, 'tree'));
    await execa('truncate', ['--size=2M', join(folder, 'tree', 'a')]);
    await packTrees('tree');
    await refuse(unpackDeb(deb, join(folder, 'own'), { bytesMax: MIB }), 'more than 1 MiB');
  });

  it('is refused with a FIFO', async () => {
    await mkdir(join(folder, 'tree'));
    await execa('mkfifo', [join(folder, 'tree', 'a')]);
    await packTrees('tree');
    await refuse(unpackDeb(deb, join(folder, 'own'), { bytesMax: MIB }), 'a is a device');
  });

  it('gives no rights of others, and can be removed', async () => {
    await mkdir(join(folder, 'tree', 'locked', 'inner'), { recursive: true });
    await writeFile(join(folder, 'tree', 'program'), '');
    await execa('chmod', ['6755', join(folder, 'tree', 'program')]);
    await execa('chmod', ['000', join(folder, 'tree', 'locked')]);
    await packTrees('tree');
    await unpackDeb(deb, join(folder, 'own'), { bytesMax: MIB });
    const { mode } = await stat(join(folder, 'own', 'program'));
    expect(mode & 0o7000).to.equal(0);
    expect((await stat(join(folder, 'own', 'locked'))).mode & 0o700).to.equal(0o700);
  });
});
