import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parseKernelConfig } from '../../../kconfig/parse-config.ts';
import { findGoodObjects } from './good-objects.ts';

const BUILT = 'CONFIG_CPUSETS=y\nCONFIG_NR_CPUS=64\nCONFIG_CC_VERSION_TEXT="gcc 12"\n';

describe('objects of an earlier build', () => {
  let output: string;
  beforeEach(async () => {
    output = await mkdtemp(join(tmpdir(), 'kmx-objects-'));
  });
  afterEach(() => rm(output, { recursive: true }));

  async function write(path: string, text: string, seconds: number): Promise<void> {
    const file = join(output, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
    await utimes(file, seconds, seconds);
  }

  /** As kbuild leaves it: the object, and what it was made from. */
  async function writeObject(path: string, symbols: readonly string[], seconds = 200) {
    const uses = symbols.map((symbol) => `    $(wildcard include/config/${symbol}) \\\n`);
    const name = path.slice(path.lastIndexOf('/') + 1);
    await write(path, '', seconds);
    await write(
      join(dirname(path), `.${name}.cmd`),
      `deps_${path} := \\\n${uses.join('')}`,
      seconds,
    );
  }

  async function writeBuild(): Promise<void> {
    const head = '#\n# Linux/x86_64 6.12.117 Kernel Configuration\n#\n';
    await write('include/config/auto.conf', `${head}${BUILT.replaceAll('"', '')}`, 100);
    for (const name of ['CC_VERSION_TEXT', 'CPUSETS', 'NR_CPUS'])
      await write(`include/config/${name}`, '', 100);
    await writeObject('kernel/fork.o', ['CC_VERSION_TEXT', 'NR_CPUS', 'SMP']);
    await writeObject('kernel/cgroup/cpuset.o', ['CPUSETS', 'SMP']);
    await writeObject('mm/slub.o', ['NR_CPUS']);
    for (const folder of ['kernel/cgroup', 'kernel', 'mm']) {
      await writeObject(`${folder}/built-in.a`, []);
    }
    await writeObject('vmlinux.a', []);
    await writeObject('scripts/mod/empty.o', []);
  }

  const ALL = ['kernel/cgroup/cpuset.o', 'kernel/fork.o', 'mm/slub.o'];
  const OTHERS = ['kernel/fork.o', 'mm/slub.o'];

  const find = async (config: string) => {
    const parsed = parseKernelConfig(Buffer.from(config));
    if (parsed.kind === 'no-config') throw new Error('Expected a configuration');
    return [...(await findGoodObjects(output, parsed.config))].toSorted();
  };

  it('are none if there was no build', async () => {
    expect(await find(BUILT)).to.deep.equal([]);
  });

  it('are all good for the same configuration', async () => {
    await writeBuild();
    expect(await find(BUILT)).to.deep.equal(ALL);
  });

  it('are not if they depend on what changes', async () => {
    await writeBuild();
    expect(await find(BUILT.replace('CONFIG_CPUSETS=y\n', ''))).to.deep.equal(OTHERS);
    expect(await find(`${BUILT}CONFIG_SMP=y\n`)).to.deep.equal(['mm/slub.o']);
  });

  it('are not if what they depend on has changed since, in a build that was interrupted', async () => {
    await writeBuild();
    await write('include/config/CPUSETS', '', 300);
    expect(await find(BUILT)).to.deep.equal(OTHERS);
    await writeObject('kernel/cgroup/cpuset.o', ['CPUSETS'], 400);
    expect(await find(BUILT)).to.deep.equal(ALL);
  });

  it('are not if the object itself is gone', async () => {
    await writeBuild();
    await rm(join(output, 'kernel/cgroup/cpuset.o'));
    expect(await find(BUILT)).to.deep.equal(OTHERS);
  });
});
