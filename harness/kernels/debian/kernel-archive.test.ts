import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile } from '../../cache/digest.ts';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import { InfraError, UsageError } from '../../errors.ts';
import { openKernelArchive } from './kernel-archive.ts';

const HOUR_MS = 60 * 60 * 1000;

// Uses the host's apt, but not the network: archives are folders.
describe('An archive of kernels', () => {
  let folder = '';
  const told: FetchProgress[] = [];
  const open = (mirror: string, offline = false) =>
    openKernelArchive({
      cacheRoot: join(folder, 'cache'),
      mirror,
      offline,
      onProgress: (progress) => told.push(progress),
    });
  const fail = (promise: Promise<unknown>) =>
    promise.then(
      () => expect.fail('it worked'),
      (error: unknown) => error,
    );

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-archive-'));
    told.length = 0;
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function makeUnsignedArchive(): Promise<string> {
    const suite = join(folder, 'mirror', 'dists', 'bookworm');
    await mkdir(join(suite, 'main', 'binary-amd64'), { recursive: true });
    await writeFile(join(suite, 'main', 'binary-amd64', 'Packages'), '');
    await writeFile(join(suite, 'Release'), 'Suite: bookworm\nComponents: main\n');
    return `file:${join(folder, 'mirror')}`;
  }

  /** Leaves the list that a run some hours ago would have left. */
  async function keepList(mirror: string, ageMs: number): Promise<void> {
    await fail(open(mirror).listSuite('bookworm', HOUR_MS));
    const [kept] = await readdir(join(folder, 'cache', 'apt'));
    const answer = { suite: 'bookworm', archive: mirror, packages: [] };
    await writeFile(
      join(folder, 'cache', 'apt', kept ?? '', 'kernels.json'),
      JSON.stringify({ format: 2, fetchedMs: Date.now() - ageMs, answer }),
    );
    told.length = 0;
  }

  it('must be signed by Debian', async () => {
    const error = await fail(open(await makeUnsignedArchive()).listSuite('bookworm', HOUR_MS));
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'BAD_SIGNATURE');
    expect(error).to.have.property('output').that.includes('is not signed');
  });

  it('without the suite is a fault of who asked for it', async () => {
    const error = await fail(open('file:/nonexistent').listSuite('bookwurm', HOUR_MS));
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_SUITE');
    expect(error).to.have.property('remedy').that.includes('bookworm, trixie');
  });

  it('is not asked for what is no name of a suite', async () => {
    for (const suite of ['', '../etc', 'a b', 'a\nURIs: x', 'x/y']) {
      const error = await fail(open('file:/nonexistent').listSuite(suite, HOUR_MS));
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_SUITE');
    }
    expect(told).to.deep.equal([]);
  });

  it('is not asked again while its list is young enough', async () => {
    await keepList('file:/nonexistent', HOUR_MS / 2);
    const list = await open('file:/nonexistent').listSuite('bookworm', HOUR_MS);
    expect(list).to.include({ suite: 'bookworm', archive: 'file:/nonexistent' });
    expect(told).to.deep.equal([]);
  });

  it('that is gone leaves its old list in use, and says so', async () => {
    await keepList('file:/nonexistent', 2 * HOUR_MS);
    const list = await open('file:/nonexistent').listSuite('bookworm', HOUR_MS);
    expect(list.suite).to.equal('bookworm');
    const last = told.at(-1);
    expect(last?.kind === 'note' ? last.text : last).to.match(
      /^bookworm: no new list of packages \(not-found\): using that/,
    );
  });

  it('whose signature became wrong is not used any more', async () => {
    const mirror = await makeUnsignedArchive();
    await keepList(mirror, 2 * HOUR_MS);
    const error = await fail(open(mirror).listSuite('bookworm', HOUR_MS));
    expect(error).to.have.property('code', 'BAD_SIGNATURE');
  });

  it('is, offline, what was kept of it, however old', async () => {
    const before = await fail(open('file:/nonexistent', true).listSuite('bookworm', HOUR_MS));
    expect(before).to.be.instanceOf(InfraError).with.property('code', 'OFFLINE');
    await keepList('file:/nonexistent', 1000 * HOUR_MS);
    const list = await open('file:/nonexistent', true).listSuite('bookworm', HOUR_MS);
    expect(list.suite).to.equal('bookworm');
  });

  it('gives files, and checks them if their digest is known', async () => {
    await writeFile(join(folder, 'a_1+b~c.deb'), 'content');
    const sha256 = (await digestFile(join(folder, 'a_1+b~c.deb'))).replace('sha256:', '');
    const file = {
      ...{ name: 'a', version: '1', archive: `file:${folder}`, file: 'a_1+b~c.deb' },
      vouchedBy: 'list',
    } as const;
    const to = join(folder, 'fetched');
    const archive = open(`file:${folder}`);
    await archive.fetch({ ...file, sha256 }, to);
    expect(await readFile(to, 'utf8')).to.equal('content');
    const wrong = await fail(archive.fetch({ ...file, sha256: '0'.repeat(64) }, `${to}2`));
    expect(wrong).to.be.instanceOf(InfraError).with.property('code', 'FETCH_FAILED');
    expect(wrong).to.have.property('message').that.includes('signed list');
    const other = { ...file, sha256: '0'.repeat(64), vouchedBy: 'matrix' } as const;
    const pinned = await fail(archive.fetch(other, `${to}2`));
    expect(pinned).to.have.property('message').that.includes('that the matrix says');
    const long = await fail(archive.fetch({ ...file, sha256, bytes: 3 }, `${to}2`));
    expect(long).to.be.instanceOf(InfraError).with.property('code', 'FETCH_FAILED');
    const gone = await fail(archive.fetch({ ...file, file: 'b.deb' }, `${to}3`));
    expect(gone).to.be.instanceOf(InfraError).with.property('code', 'PACKAGE_GONE');
  });

  it('gives no file that is larger than any package', async () => {
    await writeFile(join(folder, 'a.deb'), '');
    await truncate(join(folder, 'a.deb'), 513 * 1024 * 1024);
    const file = { name: 'a', version: '1', archive: `file:${folder}`, file: 'a.deb' };
    const archive = open(`file:${folder}`);
    const error = await fail(
      archive.fetch({ ...file, vouchedBy: 'nobody' }, join(folder, 'fetched')),
    );
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'FETCH_FAILED');
    expect(error).to.have.property('message').that.includes('larger than any package');
  });

  describe('on a host that allows archives without a signature', () => {
    const before = process.env.APT_CONFIG;
    beforeEach(async () => {
      const allowed = ['Insecure', 'Weak', 'DowngradeToInsecure'];
      const lines = allowed.map((what) => `Acquire::Allow${what}Repositories "true";\n`);
      await writeFile(join(folder, 'apt.conf'), lines.join(''));
      process.env.APT_CONFIG = join(folder, 'apt.conf');
    });
    afterEach(() => {
      if (before === undefined) delete process.env.APT_CONFIG;
      else process.env.APT_CONFIG = before;
    });

    it('must be signed all the same', async () => {
      const error = await fail(open(await makeUnsignedArchive()).listSuite('bookworm', HOUR_MS));
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'BAD_SIGNATURE');
    });
  });
});
