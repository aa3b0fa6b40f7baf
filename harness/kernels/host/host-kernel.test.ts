import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { findKernelConfigs } from '../config/kernel-configs.ts';
import { isBootable } from '../kernel-image.ts';
import { resolveHostKernel } from './host-kernel.ts';

const TEXT = 'CONFIG_CGROUPS=y\n# CONFIG_CPUSETS_V1 is not set\n';

describe("the host's own kernel", () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'kmx-host-'));
    write('proc/cmdline', 'console=ttyS0 psi=1\n');
  });
  afterEach(() => rmSync(root, { recursive: true }));

  function write(name: string, content: string | Buffer): void {
    const path = join(root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }

  it('is the one that runs, with the command line that it has', async () => {
    const kernel = await resolveHostKernel(root);
    expect(kernel).to.include({ release: release(), bootedWith: 'console=ttyS0 psi=1' });
    expect(isBootable(kernel)).to.equal(false);
    expect(await resolveHostKernel(root)).to.deep.equal(kernel);
  });

  it('has the configuration that it was built with, before one that lies beside it', async () => {
    write(`lib/modules/${release()}/config`, TEXT);
    expect(await resolveHostKernel(root)).to.include({
      config: join(root, `lib/modules/${release()}/config`),
      configFrom: 'file',
    });
    write(`boot/config-${release()}`, TEXT);
    expect(await resolveHostKernel(root)).to.include({
      config: join(root, `boot/config-${release()}`),
      configFrom: 'file',
    });
    write('proc/config.gz', gzipSync(TEXT));
    expect(await resolveHostKernel(root)).to.include({
      config: join(root, 'proc/config.gz'),
      configFrom: 'host',
    });
  });

  it('is another one if it was built with another configuration', async () => {
    const digests = [(await resolveHostKernel(root)).digest];
    for (const text of [TEXT, `${TEXT}CONFIG_MEMCG=y\n`]) {
      write('proc/config.gz', gzipSync(text));
      digests.push((await resolveHostKernel(root)).digest);
    }
    expect(new Set(digests)).to.have.length(3);
  });

  it('tells where its configuration is from, or that there is none', async () => {
    const cache = join(root, 'cache');
    const missing = await findKernelConfigs(cache, await resolveHostKernel(root));
    expect(missing).to.deep.include({ kind: 'missing' });
    expect(missing).to.have.property('why').that.contains('neither /proc/config.gz');
    write('proc/config.gz', gzipSync(TEXT));
    const known = await findKernelConfigs(cache, await resolveHostKernel(root));
    expect(known).to.have.nested.property('facts.from', 'host');
  });
});
