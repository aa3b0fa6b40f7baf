import { copyFile, mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { buildDeb, type DebFiles } from '../../../debian/testing/build-deb.ts';
import { InfraError, UsageError } from '../../../errors.ts';
import type { DebianPackage } from '../../debian/package-list.ts';
import type { BuildContext } from '../build-context.ts';
import { writeMiniatureTree } from '../testing/miniature-tree.ts';
import { openDebianTree } from './debian-tree.ts';
import type { SourceArchive } from './source-archive.ts';

// Uses the host's dpkg and tar, but not the network: the archive is a folder.
describe("Debian's package of a kernel's sources", () => {
  let folder: string;
  let context: BuildContext;
  let listed: DebianPackage[];
  let fetched: string[];
  let isGone: boolean;
  let agesAsked: number[];
  const archive: SourceArchive = {
    listSuite: async (suite, maximalAgeMs) => {
      agesAsked.push(maximalAgeMs);
      return { suite, archive: 'file:/', packages: suite === 'trixie' ? listed : [] };
    },
    locate: async () => 'file:/',
    fetch: async (file, to) => {
      if (isGone) throw new InfraError('gone', { code: 'PACKAGE_GONE' });
      fetched.push(`${file.name}=${file.version}`);
      await copyFile(join(folder, 'source.deb'), to);
    },
  };
  const open = (name = 'linux-source-6.12') =>
    openDebianTree(
      { kind: 'debian-source', suites: ['trixie-security', 'trixie'], package: name },
      context,
      archive,
    );
  const list = (...versions: readonly string[]) => {
    listed = versions.map((version, index) => ({
      ...{ name: 'linux-source-6.12', version, file: 'pool/x.deb', bytes: 1, needs: [] },
      sha256: `${index}`.repeat(64),
    }));
  };
  const pack = async (change: (files: DebFiles) => DebFiles = (files) => files) => {
    await writeMiniatureTree(join(folder, 'linux-source-6.12'));
    const tarball = join(folder, 'linux.tar.xz');
    await execa('tar', ['-cJf', tarball, '-C', folder, 'linux-source-6.12']);
    const content = await readFile(tarball);
    const files = { 'usr/src/linux-source-6.12.tar.xz': content };
    await buildDeb(join(folder, 'source.deb'), 'linux-source-6.12', change(files as DebFiles));
  };
  const failureOf = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-debian-tree-'));
    await mkdir(join(folder, 'cache'));
    context = { cacheRoot: join(folder, 'cache'), onProgress: () => {} };
    fetched = [];
    agesAsked = [];
    isGone = false;
    list('6.12.9-1', '6.12.118-1', '6.12.12-1~deb12u1');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is the newest, fetched and unpacked once somebody opens it', async () => {
    await pack();
    const tree = await open();
    expect(tree.origin).to.equal('linux-source-6.12 6.12.118-1 (trixie)');
    expect(fetched).to.deep.equal([]);
    const opened = await tree.open();
    expect(opened.version).to.equal('6.12.3');
    expect(await readdir(opened.folder)).to.have.members(['Kconfig', 'Makefile', 'scripts']);
    await (await open()).open();
    expect(fetched).to.deep.equal(['linux-source-6.12=6.12.118-1']);
  });

  it('can be of an exact version', async () => {
    const tree = await open('linux-source-6.12=6.12.9-1');
    expect(tree.origin).to.include(' 6.12.9-1 ');
  });

  it('is that which was fetched before, if there is no network', async () => {
    await pack();
    list('6.12.9-1');
    await (await open()).open();
    listed.push({ ...(listed[0] as DebianPackage), version: '6.12.10-1', sha256: 'f'.repeat(64) });
    context = { ...context, offline: true };
    expect((await open()).origin).to.include(' 6.12.9-1 ');
    await rm(join(folder, 'cache/kernel-trees'), { recursive: true });
    const error = await failureOf((await open()).open());
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'OFFLINE');
  });

  it('is refused if no suite has it, after another look at the lists', async () => {
    const error = await failureOf(open('linux-source-6.13'));
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_KERNEL');
    expect(error).to.have.property('remedy').that.includes('there are: linux-source-6.12');
    expect(new Set(agesAsked).size).to.equal(2);
    const version = await failureOf(open('linux-source-6.12=6.12.1-1'));
    expect(version)
      .to.have.property('remedy')
      .that.includes('linux-source-6.12 has: 6.12.9-1, 6.12.12-1~deb12u1, 6.12.118-1');
  });

  it('is looked for anew once the archive no longer has it', async () => {
    isGone = true;
    const error = await failureOf((await open()).open());
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'PACKAGE_GONE');
    expect(new Set(agesAsked).size).to.equal(2);
    expect(await readdir(join(folder, 'cache/temporary'))).to.deep.equal([]);
  });

  it('is refused if there are no sources in it', async () => {
    await pack(() => ({ 'usr/src/README': 'moved' }));
    const error = await failureOf((await open()).open());
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'PACKAGE_LAYOUT');
    expect(error).to.have.property('message').that.includes('found README');
  });
});
