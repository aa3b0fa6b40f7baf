/** With a kernel of Debian's, which no test of ours has made. */
import { readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../errors.ts';
import { menuOf, stateOf } from '../../kconfig/kernel-config.ts';
import { readKernelConfig } from './read-config.ts';

describe("the configuration of Debian's kernel", () => {
  let image = '';
  let path = '';
  before(async () => {
    image = process.env.KMX_TEST_KERNEL ?? '';
    const files = await readdir(dirname(image));
    path = join(dirname(image), files.find((name) => name.startsWith('config')) ?? 'none');
  });

  it('is not in its image, but in a file beside it', async () => {
    const error = await readKernelConfig(image).catch((reason: unknown) => reason);
    expect(error)
      .to.be.instanceOf(UsageError)
      .that.includes({
        code: 'NO_CONFIG',
        remedy: `name ${path}, which is beside it`,
      });
  });

  it('is read without a problem, and says what is off and what is unknown', async () => {
    const { config, problemCount } = await readKernelConfig(path);
    expect(problemCount).to.equal(0);
    expect(config.symbols.size).to.be.above(4000);
    expect(config.version).to.match(/^6\.12\.\d+$/);
    expect(config.compiler).to.match(/gcc/);
    const states = ['CPUSETS', 'CPUSETS_V1', 'IKCONFIG', 'MEMCG_KMEM'].map(
      (symbol) => stateOf(config, symbol).kind,
    );
    expect(states).to.deep.equal(['value', 'off', 'off', 'unknown']);
    expect(menuOf(config, 'PSI')).to.have.length(2);
  });
});
