import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { digestOf, nameOfDigest } from '../../cache/digest.ts';
import type { KernelFacts } from '../../events.ts';
import { copyConfigFile, writeConfigFile } from './config-files.ts';
import { readRunConfigs } from './run-configs.ts';

const TEXT = 'CONFIG_CPUSETS=y\n';
const KERNEL = { name: 'mine', release: '6.12', digest: 'sha256:1', origin: 'path' };

const withConfig = (name: string, text: string): KernelFacts => ({
  ...KERNEL,
  name,
  config: { digest: digestOf(text), from: 'file' },
});

describe('the configurations in the folder of a run', () => {
  let folder = '';
  const fileOf = (text: string): string =>
    join(folder, 'configs', `${nameOfDigest(digestOf(text))}.config.gz`);
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-run-configs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are read back by the names of the kernels, from one file for the same ones', async () => {
    for (const _ of ['one', 'two']) {
      await writeConfigFile(join(folder, 'other'), Buffer.from(TEXT));
      await copyConfigFile(join(folder, 'other'), join(folder, 'configs'), digestOf(TEXT));
    }
    const kernels = [withConfig('one', TEXT), withConfig('two', TEXT)];
    const { configs, warnings } = await readRunConfigs(folder, { kernels });
    expect([...configs.keys()]).to.deep.equal(['one', 'two']);
    expect(configs.get('two')?.symbols.get('CPUSETS')).to.equal('y');
    expect(warnings).to.deep.equal([]);
    expect(await readdir(join(folder, 'configs'))).to.have.length(1);
  });

  it('may be missing, and why is said', async () => {
    const kernels = [
      KERNEL,
      { ...KERNEL, name: 'silent', configMissing: 'lzop is not installed' },
      withConfig('lost', TEXT),
    ];
    const { configs, warnings } = await readRunConfigs(folder, { kernels });
    expect(configs.size).to.equal(0);
    expect(warnings.slice(0, 2)).to.deep.equal([
      'the configuration of mine is not known: the run did not record it',
      'the configuration of silent is not known: lzop is not installed',
    ]);
    expect(warnings[2]).to.include(`lost is not known: ${fileOf(TEXT)}: ENOENT`);
  });

  it('are not believed if they are damaged, exchanged or none', async () => {
    await writeConfigFile(join(folder, 'configs'), Buffer.from(TEXT));
    await writeConfigFile(join(folder, 'configs'), Buffer.from('hello\n'));
    const [damaged, swapped] = ['CONFIG_A=y\n', 'CONFIG_B=y\n'];
    await writeFile(fileOf(damaged), gzipSync(damaged).subarray(0, 12));
    await writeFile(fileOf(swapped), gzipSync(TEXT));
    const kernels = [TEXT, damaged, swapped, 'hello\n'].map((text) => withConfig(text, text));
    const { configs, warnings } = await readRunConfigs(folder, { kernels });
    expect([...configs.keys()]).to.deep.equal([TEXT]);
    expect(warnings).to.have.length(3);
    for (const warning of warnings.slice(0, 2)) {
      expect(warning).to.include('its content is not what its name says');
    }
    expect(warnings[2]).to.include('found a text that begins with: hello');
  });
});
