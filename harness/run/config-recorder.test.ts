import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { digestOf } from '../cache/digest.ts';
import type { RunEvent } from '../events.ts';
import type { KernelImage } from '../kernels/kernel-image.ts';
import { buildVmlinux } from '../kernels/testing/build-kernel.ts';
import { ConfigRecorder } from './config-recorder.ts';

const OWN = 'CONFIG_IKCONFIG=y\nCONFIG_CPUSETS=y\n';
const OTHER = 'CONFIG_IKCONFIG=y\n# CONFIG_CPUSETS is not set\n';

describe('what the kernels of a run were built with', () => {
  let folder = '';
  let events: Omit<RunEvent, 'time'>[] = [];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-recorder-'));
    events = [];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const open = (): ConfigRecorder =>
    new ConfigRecorder(join(folder, 'cache'), join(folder, 'run'), (event) => events.push(event));
  const build = async (config?: string): Promise<KernelImage> => {
    const image = join(folder, 'vmlinux');
    await writeFile(image, buildVmlinux('6.12'));
    const kernel = { release: '6.12', image, digest: 'sha256:1', origin: 'path' };
    if (config === undefined) return kernel;
    await writeFile(join(folder, 'config'), config);
    return { ...kernel, config: join(folder, 'config'), configFrom: 'file' };
  };
  const filesOf = (): Promise<readonly string[]> => readdir(join(folder, 'run/configs'));

  it('is what a guest says where nothing else says it, and later runs know it at once', async () => {
    const kernel = await build();
    const recorder = open();
    expect(await recorder.record('own', kernel)).to.have.property('configMissing');
    recorder.hear('own', gzipSync(OWN));
    await recorder.settle();
    const config = { digest: digestOf(OWN), from: 'guest' };
    expect(events).to.deep.equal([{ type: 'kernel-config', name: 'own', config }]);
    expect(await filesOf()).to.have.length(1);
    await rm(join(folder, 'run'), { recursive: true });
    expect(await open().record('own', kernel)).to.deep.equal({ config });
    expect(await filesOf()).to.have.length(1);
  });

  it('is confirmed by a guest that says the same', async () => {
    const recorder = open();
    await recorder.record('own', await build(OWN));
    for (const _ of ['first', 'second']) recorder.hear('own', gzipSync(`# a comment\n${OWN}`));
    await recorder.settle();
    expect(events).to.have.length(1);
    expect(events[0]).to.have.deep.property('config', {
      digest: digestOf(`# a comment\n${OWN}`),
      from: 'guest',
      alsoFrom: ['file'],
    });
  });

  it('is refuted by a guest that says otherwise, and both are kept', async () => {
    const recorder = open();
    await recorder.record('own', await build(OTHER));
    recorder.hear('own', gzipSync(OWN));
    await recorder.settle();
    expect(events[0]).to.have.deep.property('config', {
      ...{ digest: digestOf(OWN), from: 'guest' },
      disagreements: [{ from: 'file', digest: digestOf(OTHER), symbols: ['CPUSETS'], count: 1 }],
    });
    expect(await filesOf()).to.have.length(2);
  });

  it('is not what a guest says that is no configuration', async () => {
    const kernel = await build(OWN);
    const bomb = gzipSync(Buffer.alloc(9 * 1024 * 1024));
    for (const packed of [Buffer.from('hello'), gzipSync('hello'), bomb]) {
      const recorder = open();
      await recorder.record('own', kernel);
      recorder.hear('own', packed);
      await recorder.settle();
    }
    expect(events).to.deep.equal([]);
    expect(await filesOf()).to.have.length(1);
  });
});
