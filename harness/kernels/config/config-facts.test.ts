import { expect } from 'chai';
import { digestOf } from '../../cache/digest.ts';
import type { ConfigOrigin } from '../../events.ts';
import { configOf } from '../../kconfig/testing/recorded-config.ts';
import { describeConfigs } from './config-facts.ts';

const found = (from: ConfigOrigin, text: string) => ({
  from,
  text: Buffer.from(text),
  config: configOf(text),
});

describe('what a report says of a configuration', () => {
  const one = 'CONFIG_CC_VERSION_TEXT="gcc 12"\nCONFIG_A=y\n';
  const other = '# CONFIG_A is not set\n';

  it('is its digest, where it is from and what built it', () => {
    expect(describeConfigs([found('package', one)])).to.deep.equal({
      digest: digestOf(one),
      from: 'package',
      compiler: 'gcc 12',
    });
    expect(describeConfigs([found('file', other)])).to.not.have.property('compiler');
    expect(describeConfigs([])).to.equal(undefined);
  });

  it('is of what was compiled in, not of a file beside it', () => {
    const facts = describeConfigs([found('file', one), found('image', one), found('guest', one)]);
    expect(facts).to.deep.include({ from: 'guest', alsoFrom: ['image', 'file'] });
    expect(facts).to.not.have.property('disagreements');
  });

  it('is the same if only comments and their order differ', () => {
    const shuffled = `# by hand\n${one.split('\n').toReversed().join('\n')}\n`;
    const facts = describeConfigs([found('image', one), found('file', shuffled)]);
    expect(facts).to.deep.include({ digest: digestOf(one), alsoFrom: ['file'] });
  });

  it('names the first symbols that another one has otherwise', () => {
    const many = `${one}${[...'BCDEFGH'].map((name) => `CONFIG_${name}=m\n`).join('')}`;
    const facts = describeConfigs([found('file', many), found('image', one)]);
    expect(facts).to.deep.include({
      digest: digestOf(one),
      disagreements: [
        { from: 'file', digest: digestOf(many), symbols: ['B', 'C', 'D', 'E', 'F'], count: 7 },
      ],
    });
  });
});
