import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import type { BootableKernel } from '../kernel-image.ts';
import { buildPackedBzImage, buildVmlinux } from '../testing/build-kernel.ts';
import { readConfigFile } from './config-files.ts';
import { findKernelConfigs } from './kernel-configs.ts';

const RELEASE = '6.12.117-mine';
const OWN = 'CONFIG_IKCONFIG=y\n# CONFIG_CPUSETS_V1 is not set\n';
const STALE = 'CONFIG_IKCONFIG=y\nCONFIG_CPUSETS_V1=y\n';
const WITHOUT = '# CONFIG_IKCONFIG is not set\n';

describe("a kernel's configuration, as far as it is known without a boot,", () => {
  let folder = '';
  let count = 0;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-kernel-configs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function build(parts: {
    readonly ikconfig?: string;
    readonly config?: string;
    readonly configFrom?: 'package' | 'file';
  }): Promise<BootableKernel> {
    count += 1;
    const image = join(folder, `bzImage-${count}`);
    const vmlinux = buildVmlinux(RELEASE, { ikconfig: parts.ikconfig ?? '' });
    await writeFile(image, buildPackedBzImage(RELEASE, gzipSync(vmlinux)));
    const kernel = { release: RELEASE, image, digest: digestOf(`${count}`), origin: 'path' };
    if (parts.config === undefined) return kernel;
    const config = join(folder, `config-${count}`);
    await writeFile(config, parts.config);
    return { ...kernel, config, configFrom: parts.configFrom ?? 'file' };
  }
  const find = (kernel: BootableKernel) => findKernelConfigs(join(folder, 'cache'), kernel);

  it('is in its file, in its image, or in both', async () => {
    for (const [parts, facts] of [
      [{ config: WITHOUT }, { digest: digestOf(WITHOUT), from: 'file' }],
      [{ ikconfig: OWN }, { digest: digestOf(OWN), from: 'image' }],
      [
        { ikconfig: OWN, config: OWN },
        { digest: digestOf(OWN), from: 'image', alsoFrom: ['file'] },
      ],
    ] as const) {
      const found = await find(await build(parts));
      if (found.kind === 'missing') throw new Error(found.why);
      expect(found.facts).to.deep.equal(facts);
      const text = await readConfigFile(found.folder, facts.digest);
      expect(digestOf(text)).to.equal(facts.digest);
    }
  });

  it('is what the image holds if a file says otherwise, and both are kept', async () => {
    const found = await find(await build({ ikconfig: OWN, config: STALE }));
    if (found.kind === 'missing') throw new Error(found.why);
    const disagreement = {
      from: 'file',
      digest: digestOf(STALE),
      symbols: ['CPUSETS_V1'],
      count: 1,
    };
    expect(found.facts).to.deep.equal({
      ...{ digest: digestOf(OWN), from: 'image' },
      disagreements: [disagreement],
    });
    expect((await readConfigFile(found.folder, digestOf(STALE))).toString()).to.equal(STALE);
  });

  it('is not looked for in the image of a package that says that there is none', async () => {
    const kernel = await build({ config: WITHOUT, configFrom: 'package' });
    await rm(kernel.image);
    const found = await find(kernel);
    expect(found).to.have.deep.property('facts', { digest: digestOf(WITHOUT), from: 'package' });
  });

  it('is missing if nothing has it, and the reason says what to do', async () => {
    const found = await find(await build({}));
    expect(found.kind).to.equal('missing');
    expect(found).to.have.property('why').that.includes(`/boot/config-${RELEASE}`);
  });

  it('is looked up once', async () => {
    const kernel = await build({ ikconfig: OWN });
    const found = await find(kernel);
    await rm(kernel.image);
    expect(await find(kernel)).to.deep.equal(found);
    const entries = await readdir(join(folder, 'cache', 'kernel-configs'));
    expect(entries).to.deep.equal([`1-${nameOfDigest(kernel.digest)}`]);
  });

  it('is missing, but not for ever, if the host lacks a program', async () => {
    const kernel = await build({});
    const packed = Buffer.from('894c5a4f000d0a1a0a000000000000', 'hex');
    await writeFile(kernel.image, buildPackedBzImage(RELEASE, packed));
    const { PATH = '' } = process.env;
    const programs = join(folder, 'programs');
    await mkdir(programs);
    for (const name of ['flock', 'cat']) {
      const folders = PATH.split(':').filter((one) => existsSync(join(one, name)));
      await symlink(join(folders[0] ?? '', name), join(programs, name));
    }
    try {
      process.env.PATH = programs;
      const found = await find(kernel);
      expect(found).to.have.property('why').that.includes('apt-get install lzop');
    } finally {
      process.env.PATH = PATH;
    }
    const vmlinux = buildVmlinux(RELEASE, { ikconfig: OWN });
    await writeFile(kernel.image, buildPackedBzImage(RELEASE, gzipSync(vmlinux)));
    expect(await find(kernel)).to.have.property('kind', 'known');
  });

  it('is packed into the same file each time', async () => {
    const files = async (kernel: BootableKernel): Promise<Buffer> => {
      const found = await find(kernel);
      if (found.kind === 'missing') throw new Error(found.why);
      return await readFile(join(found.folder, `${nameOfDigest(digestOf(OWN))}.config.gz`));
    };
    const [one, other] = [await build({ ikconfig: OWN }), await build({ ikconfig: OWN })];
    expect((await files(one)).equals(await files(other))).to.equal(true);
  });
});
