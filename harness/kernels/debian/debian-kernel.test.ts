import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile } from '../../cache/digest.ts';
import { InfraError, UsageError } from '../../errors.ts';
import type { FetchProgress, ProviderContext } from '../kernel-context.ts';
import { buildDeb } from '../testing/build-deb.ts';
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
    async add(
      name: string,
      version: string,
      files: Readonly<Record<string, string | Buffer>>,
      needs: readonly string[] = [],
    ) {
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
  const source = { kind: 'debian-series', suites: ['s'], series: '6.1', flavour: 'cloud' } as const;
  const resolve = (others: Partial<ProviderContext> = {}, series = '6.1') =>
    resolveDebianKernel({ ...source, series }, { ...context, ...others }, fake.archive);
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

  async function addSplitKernel() {
    const release = '6.19.14+deb13-cloud-amd64';
    const version = '6.19.14-1';
    const needs = ['base', 'binary', 'modules'].map((part) => `linux-${part}-${release}`);
    await fake.add(`linux-image-${release}`, version, {}, needs);
    await fake.add(`linux-binary-${release}`, version, {
      [`boot/vmlinuz-${release}`]: buildBzImage(release),
    });
    const indexed = fake.packages.length;
    await fake.add(`linux-base-${release}`, version, {
      [`boot/config-${release}`]: 'CONFIG_A=y\n',
    });
    await fake.add(`linux-modules-${release}`, version, {
      [`usr/lib/modules/${release}/kernel/virtio.ko.xz`]: 'module',
    });
    return { dropFromList: () => fake.packages.splice(indexed) };
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
    expect(kernel.origin).to.not.include('signed list');
  });

  it('says so if nobody vouches for a package, and wants the same one ever after', async () => {
    (await addSplitKernel()).dropFromList();
    const kernel = await resolve({}, '6.19');
    expect(kernel.origin).to.include('not in the signed list: linux-base-6.19.14');
    expect(
      told.filter((one) => one.kind === 'note' && one.text.includes('taken as it came')),
    ).to.have.length(2);
    await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
    expect(await resolve({}, '6.19')).to.deep.equal(kernel);
    await rm(join(context.cacheRoot, 'kernels'), { recursive: true });
    await buildDeb(join(folder, 'linux-base-6.19.14+deb13-cloud-amd64_6.19.14-1_amd64.deb'), 'a', {
      'boot/config-6.19.14+deb13-cloud-amd64': 'CONFIG_A=n\n',
    });
    expect(await fail({}, '6.19')).to.have.property('code', 'FETCH_FAILED');
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
  });
});
