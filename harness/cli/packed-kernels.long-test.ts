/** Debian's kernel, packed as others pack theirs: what comes out of each boots. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { expect } from 'chai';
import { execa } from 'execa';
import { buildCpio, buildRpm, buildTar } from '../kernels/testing/build-archives.ts';
import { buildImage, writeLayout } from '../kernels/testing/build-image.ts';
import { reportSchema } from '../report/schema.ts';
import { guestBinaries } from './project.ts';
import { startKmxRun } from './testing/kmx-process.ts';

const KATA = 'opt/kata/share/kata-containers';

describe('kernels out of packages, images and releases of Kata', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-packed-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** An ext4 image with our own agent in the place of kata-agent. */
  async function buildRootfs(): Promise<Buffer> {
    const root = join(folder, 'root');
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await writeFile(join(root, 'usr/bin/kata-agent'), await readFile(guestBinaries.agent));
    const image = join(folder, 'rootfs.ext4');
    const env = { PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
    await execa('mke2fs', ['-q', '-t', 'ext4', '-d', root, image, '32M'], { env });
    return await readFile(image);
  }

  async function pack(release: string, kernel: Buffer, config: Buffer): Promise<void> {
    const modules = `lib/modules/${release}`;
    const inRpm = buildCpio([
      { path: `./${modules}/vmlinuz`, content: kernel },
      { path: `./${modules}/config`, content: config },
    ]);
    await writeFile(join(folder, 'kernel-core.rpm'), buildRpm(zstdCompressSync(inRpm)));
    const layers = [
      await buildTar([{ path: `boot/vmlinuz-${release}`, content: kernel }]),
      await buildTar([
        { path: `boot/config-${release}`, content: config },
        { path: 'boot/vmlinuz', link: `vmlinuz-${release}` },
      ]),
    ];
    const image = buildImage(layers);
    await writeLayout(join(folder, 'layout'), image, { kernel: image.at(-1) ?? expect.fail() });
    const kata = await buildTar([
      { path: `./${KATA}/vmlinuz-${release}`, content: kernel },
      { path: `./${KATA}/config-${release}`, content: config },
      { path: `./${KATA}/vmlinuz.container`, link: `vmlinuz-${release}` },
      { path: `./${KATA}/kata-rootfs.image`, content: await buildRootfs() },
      { path: `./${KATA}/kata-containers.img`, link: 'kata-rootfs.image' },
    ]);
    await writeFile(join(folder, 'kata-static.tar.zst'), zstdCompressSync(kata));
  }

  it('boot, with an agent out of the same release', async () => {
    const image = process.env.KMX_TEST_KERNEL ?? '';
    const names = await readdir(dirname(image));
    const config = names.find((name) => name.startsWith('config-')) ?? expect.fail();
    const release = config.replace('config-', '');
    await pack(release, await readFile(image), await readFile(join(dirname(image), config)));
    const matrix = join(folder, 'matrix.yaml');
    await writeFile(
      matrix,
      `kernels:
  rpm: { package: { file: kernel-core.rpm } }
  image: { oci: { layout: layout } }
  kata: { kata: { archive: kata-static.tar.zst } }
cgroups: [v2]
agents:
  released: { kata: { archive: kata-static.tar.zst, arguments: [--guard=on] } }
machines: { qemu: { qemu: {} } }
profiles: { quick: { select: [{ scenarios: [lifecycle/boot.spec.ts] }] } }
`,
    );
    await using run = await startKmxRun(['--matrix', matrix]);
    const { exitCode, output } = await run.ended;
    expect(exitCode, output).to.equal(0);
    const report = reportSchema.parse(JSON.parse(await run.read('report.json')));
    const found = report.cells.map(({ id, tests }) => [
      id.split('+')[0],
      [...new Set(tests.map(({ verdict }) => verdict))],
    ]);
    expect(found).to.deep.equal([
      ['rpm', ['pass']],
      ['image', ['pass']],
      ['kata', ['pass']],
    ]);
    expect(output).to.include(release);
  });
});
