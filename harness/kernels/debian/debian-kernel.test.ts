import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile } from '../../cache/digest.ts';
import type { FetchProgress } from '../../debian/fetch-progress.ts';
import { buildDeb, type DebFiles } from '../../debian/testing/build-deb.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { DebianSeriesSource, UnlistedPackages } from '../../matrix/matrix.ts';
import type { ProviderContext } from '../kernel-context.ts';
import { buildBzImage } from '../testing/build-kernel.ts';
import type { SuiteKernels } from './choose-kernel.ts';
import { resolveDebianKernel } from './debian-kernel.ts';
import type { KernelArchive } from './kernel-archive.ts';
import type { DebianPackage } from './package-list.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** An archive of one suite in a folder, whose list may be older than its content. */
function openFakeArchive(folder: string) {
  const packages: DebianPackage[] = [];
  const log: string[] = [];
  const archive: KernelArchive = {
    async listSuite(suite, maximalAgeMs): Promise<SuiteKernels> {
      log.push(maximalAgeMs < DAY_MS ? `list ${suite} anew` : `list ${suite}`);
      return { suite, archive: 'http://mirror.example/debian', packages: [...packages] };
    },
    async locate() {
      log.push('locate');
      return 'http://mirror.example/debian';
    },
    async fetch({ name, file, sha256 }, to) {
      log.push(`fetch ${name}${sha256 ? '' : ' unchecked'}`);
      const deb = join(folder, file.slice(file.lastIndexOf('/') + 1));
      const content = await readFile(deb).catch((cause: unknown) => {
        throw new InfraError('gone', { code: 'PACKAGE_GONE', cause });
      });
      await writeFile(to, content);
      if (sha256 && (await digestFile(to)) !== `sha256:${sha256}`) {
        throw new InfraError('not what was listed', { code: 'FETCH_FAILED' });
      }
    },
  };
  return {
    archive,
    packages,
    log,
    async add(name: string, version: string, files: DebFiles, needs: readonly string[] = []) {
      const deb = join(folder, `${name}_${version}_amd64.deb`);
      await buildDeb(deb, name, files);
      const sha256 = (await digestFile(deb)).replace('sha256:', '');
      packages.push({
        name,
        version,
        file: `pool/main/l/linux-signed-amd64/${name}_${version}_amd64.deb`,
        sha256,
        bytes: 1,
        needs,
      });
    },
  };
}

describe('A packaged kernel', function () {
  let folder = '';
  let context: ProviderContext;
  let fake: ReturnType<typeof openFakeArchive>;
  const told: FetchProgress[] = [];
  const source: DebianSeriesSource = {
    ...{ kind: 'debian-series', suites: ['s'], series: '6.1', flavour: 'cloud' },
    ...{ sha256: {}, unlisted: 'refuse' },
  };
  const resolve = (
    others: Partial<ProviderContext> = {},
    series = '6.1',
    unlisted: Partial<UnlistedPackages> = {},
  ) =>
    resolveDebianKernel(
      { ...source, series, ...unlisted },
      { ...context, ...others },
      fake.archive,
    );
  const fail = (...args: Parameters<typeof resolve>) =>
    resolve(...args).then(
      () => expect.fail('it was resolved'),
      (error: unknown) => error,
    );

  this.timeout(20_000);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-debian-'));
    told.length = 0;
    context = { cacheRoot: join(folder, 'cache'), onProgress: (progress) => told.push(progress) };
    fake = openFakeArchive(folder);
    await addFatKernel('6.1.0-50', '6.1.176-1');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  function addFatKernel(abi: string, version: string) {
    const release = `${abi}-cloud-amd64`;
    return fake.add(`linux-image-${release}`, version, {
      [`boot/vmlinuz-${release}`]: buildBzImage(release),
      [`boot/config-${release}`]: 'CONFIG_CGROUPS=y\n',
      [`lib/modules/${release}/kernel/virtio.ko`]: 'module',
      'usr/share/doc/linux/copyright': 'GPL',
    });
  }

  const nameOf = (part: string, upstream = '6.19.14') =>
    `linux-${part}-${upstream}+deb13-cloud-amd64`;

  async function addSplitKernel(upstream = '6.19.14', base: DebFiles = {}) {
    const release = `${upstream}+deb13-cloud-amd64`;
    const version = `${upstream}-1`;
    const needs = ['base', 'binary', 'modules'].map((part) => nameOf(part, upstream));
    await fake.add(`linux-image-${release}`, version, {}, needs);
    await fake.add(nameOf('binary', upstream), version, {
      [`boot/vmlinuz-${release}`]: buildBzImage(release),
    });
    const indexed = fake.packages.length;
    await fake.add(nameOf('base', upstream), version, {
      [`boot/config-${release}`]: 'CONFIG_A=y\n',
      [`usr/lib/modules/${release}/modules.builtin`]: '',
      ...base,
    });
    await fake.add(nameOf('modules', upstream), version, {
      [`usr/lib/modules/${release}/kernel/virtio.ko.xz`]: 'module',
    });
    const dropped: Record<string, string> = {};
    for (const { name, sha256 } of fake.packages.slice(indexed)) dropped[name] = sha256;
    return {
      dropFromList: () => fake.packages.splice(indexed),
      /** Of what can be dropped. */
      sha256: dropped,
    };
  }

  it('is fetched and unpacked once, and is quick to find after that', async () => {
    const kernel = await resolve();
    expect(kernel).to.include({
      release: '6.1.0-50-cloud-amd64',
      origin: 'debian linux-image-6.1.0-50-cloud-amd64 6.1.176-1 (s)',
    });
    expect(await readFile(kernel.config ?? '', 'utf8')).to.equal('CONFIG_CGROUPS=y\n');
    expect(await readdir(join(kernel.modules ?? '', 'kernel'))).to.deep.equal(['virtio.ko']);
    expect(kernel.digest).to.match(/^sha256:[0-9a-f]{64}$/);
    expect(await resolve()).to.deep.equal(kernel);
    expect(fake.log).to.deep.equal(['list s', 'fetch linux-image-6.1.0-50-cloud-amd64', 'list s']);
    const what = 'linux-image-6.1.0-50-cloud-amd64 6.1.176-1';
    const [begun, ended] = told;
    expect(told).to.have.length(2);
    expect(begun).to.deep.include({ kind: 'fetching', what, bytes: 0 });
    expect(begun).to.have.property('bytesTotal').that.is.above(0);
    expect(ended).to.include({ kind: 'fetched', what });
    expect(ended).to.have.property('bytes').that.is.above(0);
  });

  it('is another entry as soon as there is a newer version', async () => {
    const old = await resolve();
    await addFatKernel('6.1.0-51', '6.1.180-1');
    const fresh = await resolve();
    expect(fresh.release).to.equal('6.1.0-51-cloud-amd64');
    expect(await readFile(old.config ?? '', 'utf8')).to.not.equal('');
  });

  it('is put together from several packages', async () => {
    await addSplitKernel();
    const kernel = await resolve({}, '6.19');
    expect(kernel.image).to.match(/boot\/vmlinuz-/);
    expect(kernel.config).to.match(/boot\/config-/);
    expect(kernel.modules).to.match(/usr\/lib\/modules\/6\.19\.14\+deb13-cloud-amd64$/);
    expect((await readdir(kernel.modules ?? '')).toSorted()).to.deep.equal([
      'kernel',
      'modules.builtin',
    ]);
    expect(kernel).to.not.have.property('unlisted');
  });

  it('does not let a link of one package lead the files of the next one elsewhere', async () => {
    const outside = join(folder, 'outside');
    await mkdir(outside);
    const release = '6.19.14+deb13-cloud-amd64';
    await addSplitKernel('6.19.14', { [`usr/lib/modules/${release}/kernel`]: { link: outside } });
    expect(await fail({}, '6.19')).to.have.property('code', 'UNSAFE_PACKAGE');
    expect(await readdir(outside)).to.deep.equal([]);
  });

  it('has no file in two packages', async () => {
    await addSplitKernel('6.19.14', {
      'usr/lib/modules/6.19.14+deb13-cloud-amd64/kernel/virtio.ko.xz': 'other',
    });
    expect(await fail({}, '6.19')).to.have.property('code', 'PACKAGE_LAYOUT');
  });

  describe('with packages that the signed list does not have', () => {
    const trust = { unlisted: 'trust-on-first-use' } as const;
    const noted = () => told.flatMap((one) => (one.kind === 'note' ? [one.text] : []));
    const rebuildBase = () =>
      buildDeb(join(folder, `${nameOf('base')}_6.19.14-1_amd64.deb`), 'a', {
        'boot/config-6.19.14+deb13-cloud-amd64': 'CONFIG_A=n\n',
      });

    it('is refused, unfetched, with what to do about it', async () => {
      (await addSplitKernel()).dropFromList();
      const error = await fail({}, '6.19');
      expect(error).to.be.instanceOf(UsageError).with.property('code', 'UNLISTED');
      expect(error).to.have.property(
        'message',
        `${nameOf('image')} 6.19.14-1 (s): the archive's signed list lacks ${nameOf('base')} and ` +
          `${nameOf('modules')}, so nobody vouches for what would be fetched`,
      );
      expect(error).to.have.property('remedy').that.includes('unlisted: trust-on-first-use');
      expect(error)
        .to.have.property('remedy')
        .that.includes(`${nameOf('base')}: <64 digits>`);
      expect(fake.log.filter((line) => line.startsWith('fetch'))).to.deep.equal([]);
    });

    it('is trusted once if the user says so, and must be the same ever after', async () => {
      const { dropFromList, sha256 } = await addSplitKernel();
      dropFromList();
      const kernel = await resolve({}, '6.19', trust);
      expect(kernel.unlisted).to.deep.equal(
        ['base', 'modules'].map((part) => ({
          name: nameOf(part),
          vouchedBy: 'nobody',
          sha256: sha256[nameOf(part)],
        })),
      );
      expect(noted().filter((text) => text.includes('taken as it came'))).to.have.length(2);
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      expect(await resolve({}, '6.19', trust)).to.deep.equal(kernel);
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      await rebuildBase();
      expect(await fail({}, '6.19', trust)).to.have.property('code', 'FETCH_FAILED');
    });

    it('is refused after it was trusted, with the digests that it had, and also offline', async () => {
      const { dropFromList, sha256 } = await addSplitKernel();
      dropFromList();
      await resolve({}, '6.19', trust);
      for (const offline of [false, true]) {
        const error = await fail({ offline }, '6.19');
        expect(error).to.have.property('code', 'UNLISTED');
        for (const [name, digest] of Object.entries(sha256)) {
          expect(error).to.have.property('remedy').that.includes(`${name}: ${digest}`);
        }
        expect(error).to.have.property('remedy').that.includes('(as first fetched here)');
      }
    });

    it('is checked against the digests in the matrix, whatever was trusted before', async () => {
      const { dropFromList, sha256 } = await addSplitKernel();
      dropFromList();
      const kernel = await resolve({}, '6.19', { sha256 });
      expect(kernel.unlisted?.map(({ vouchedBy }) => vouchedBy)).to.deep.equal([
        'matrix',
        'matrix',
      ]);
      expect(fake.log.filter((line) => line.endsWith('unchecked'))).to.deep.equal([]);
      expect(await resolve({ offline: true }, '6.19', { sha256 })).to.deep.equal(kernel);
      await rebuildBase();
      await resolve({}, '6.19', trust);
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      expect(await fail({}, '6.19', { sha256 })).to.have.property('code', 'FETCH_FAILED');
    });

    it('is refused if only some of their digests are given', async () => {
      const { dropFromList, sha256 } = await addSplitKernel();
      dropFromList();
      const [first = ''] = Object.keys(sha256);
      const some = { [first]: sha256[first] ?? '' };
      const error = await fail({}, '6.19', { sha256: some });
      expect(error)
        .to.have.property('message')
        .that.includes(`lacks ${nameOf('modules')},`);
    });

    it('gives way to an older version that is listed', async () => {
      await addSplitKernel('6.19.2');
      (await addSplitKernel('6.19.14')).dropFromList();
      for (const others of [{}, trust]) {
        const kernel = await resolve({}, '6.19', others);
        expect(kernel.release).to.equal('6.19.2+deb13-cloud-amd64');
        expect(kernel).to.not.have.property('unlisted');
      }
      expect(noted().at(-1)).to.include(`${nameOf('image')} 6.19.14-1 is newer`);
    });

    it('is not used if the matrix and the list disagree', async () => {
      const { sha256 } = await addSplitKernel();
      const wrong = Object.fromEntries(Object.keys(sha256).map((name) => [name, '0'.repeat(64)]));
      for (const others of [{}, trust]) {
        const error = await fail({}, '6.19', { sha256: wrong, ...others });
        expect(error).to.be.instanceOf(UsageError).with.property('code', 'UNLISTED');
        expect(error).to.have.property('message').that.includes('has another sha256');
      }
    });
  });

  it('that is not there makes the list be looked at anew, then is an error', async () => {
    const error = await fail({}, '6.7');
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_KERNEL');
    expect(error).to.have.property('remedy', 'there are: 6.1 (6.1.176-1)');
    expect(fake.log).to.deep.equal(['list s', 'list s anew']);
  });

  it('that is there with another flavour says which', async () => {
    const named = resolveDebianKernel({ ...source, flavour: 'rt' }, context, fake.archive);
    const error = await named.catch((reason: unknown) => reason);
    expect(error).to.have.property('remedy', 'there are: none; 6.1 has flavour cloud');
  });

  it('that is named by package must be one', async () => {
    const named = {
      kind: 'debian-package',
      suites: ['s'],
      ...{ sha256: {}, unlisted: 'refuse' as const },
      package: 'linux-image-cloud-amd64',
    } as const;
    const error = await resolveDebianKernel(named, context, fake.archive).catch(
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UsageError).with.property('code', 'NO_KERNEL');
    expect(error).to.have.property('remedy').that.includes('linux-image-6.1.0-50-cloud-amd64');
  });

  it('that the archive dropped makes the list be looked at anew', async () => {
    await rm(join(folder, 'linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb'));
    expect(await fail()).to.have.property('code', 'PACKAGE_GONE');
    expect(fake.log.filter((line) => line.startsWith('list'))).to.deep.equal([
      'list s',
      'list s anew',
    ]);
  });

  it('that is damaged is no entry of the cache', async () => {
    await writeFile(join(folder, 'linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb'), 'bad');
    fake.packages.forEach((found, index) => {
      const sha256 = '53fd0cc41a9a1a4c9e9a4b5dc6b4ea97d7cb7a5eb4aa8ce2e0a1b9d6c8d4bd1e';
      fake.packages[index] = { ...found, sha256 };
    });
    expect(await fail()).to.have.property('code', 'FETCH_FAILED');
    expect(await readdir(join(context.cacheRoot, 'temporary'))).to.deep.equal([]);
  });

  it('that is no package at all cannot be unpacked', async () => {
    const deb = join(folder, 'linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb');
    await writeFile(deb, 'no package '.repeat(99));
    const sha256 = (await digestFile(deb)).replace('sha256:', '');
    fake.packages.forEach((found, index) => {
      fake.packages[index] = { ...found, sha256 };
    });
    const error = await fail();
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'UNPACK_FAILED');
    expect(error).to.have.property('output').that.includes('not a Debian format archive');
  });

  it('is, offline, the newest one that was fetched before', async () => {
    expect(await fail({ offline: true })).to.have.property('code', 'OFFLINE');
    const kernel = await resolve();
    await addFatKernel('6.1.0-51', '6.1.180-1');
    expect(await resolve({ offline: true })).to.deep.equal(kernel);
    // One that the disk has damaged would have to be fetched again.
    await rm(kernel.image);
    expect(await fail({ offline: true })).to.have.property('code', 'OFFLINE');
  });

  describe('that a lock names', () => {
    const NEWER = ['6.1.0-51', '6.1.180-1'] as const;

    it('is exactly that one, without a look at the lists, even if there is a newer one', async () => {
      const { pin = {}, ...locked } = await resolve();
      expect(pin.debian?.files.map((one) => one.sha256)).to.deep.equal([fake.packages[0]?.sha256]);
      await addFatKernel(...NEWER);
      fake.log.length = 0;
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      expect(await resolve({ pin })).to.deep.equal({ ...locked, pin });
      expect(await resolve({ pin, offline: true })).to.deep.equal({ ...locked, pin });
      expect(fake.log).to.deep.equal(['locate', 'fetch linux-image-6.1.0-50-cloud-amd64']);
    });

    it('is not there if neither the cache nor the archive has it', async () => {
      const { pin = {} } = await resolve();
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      expect(await fail({ pin, offline: true })).to.have.property('code', 'OFFLINE');
      await rm(join(folder, 'linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb'));
      const error = await fail({ pin });
      expect(error).to.be.instanceOf(InfraError).with.property('code', 'PACKAGE_GONE');
    });

    it('is refused if the archive has other bytes by that name', async () => {
      const { pin = {} } = await resolve();
      await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
      await buildDeb(join(folder, 'linux-image-6.1.0-50-cloud-amd64_6.1.176-1_amd64.deb'), 'a', {
        'boot/vmlinuz-x': 'other',
      });
      expect(await fail({ pin })).to.have.property('code', 'FETCH_FAILED');
    });

    it('is refused if the matrix asks for another one by now', async () => {
      const { pin = {} } = await resolve();
      const digests = { 'linux-image-6.1.0-50-cloud-amd64': '0'.repeat(64) };
      for (const error of [
        await fail({ pin }, '6.12'),
        await fail({ pin }, '6.1', { sha256: digests }),
        await fail({ pin: {} }),
      ]) {
        expect(error).to.be.instanceOf(UsageError).with.property('code', 'LOCK_OTHER_SOURCE');
      }
    });

    it('keeps it known that no list ever had its packages', async () => {
      (await addSplitKernel()).dropFromList();
      const { pin = {} } = await resolve({}, '6.19', { unlisted: 'trust-on-first-use' });
      const kernel = await resolve({ pin }, '6.19');
      expect(kernel.pin).to.deep.equal(pin);
      expect(kernel.unlisted?.map(({ name, vouchedBy }) => [name, vouchedBy])).to.deep.equal(
        ['base', 'modules'].map((part) => [nameOf(part), 'lock']),
      );
    });
  });
});
