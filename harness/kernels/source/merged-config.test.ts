import { expect } from 'chai';
import { mergedConfig } from './merged-config.ts';

describe('a configuration that requests are merged into', () => {
  const merge = (base: string, requests: Readonly<Record<string, string>>) => {
    const wanted = Object.entries(requests).map(
      ([symbol, value]) => [symbol, { symbol, value, file: 'test' }] as const,
    );
    return mergedConfig(base, new Map(wanted)).split('\n');
  };
  const NO_KEY = 'CONFIG_MODULE_SIG_KEY=""';

  it('has the requested values in the place of its own', () => {
    const base = '# Linux\nCONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C=m\n\n';
    expect(merge(base, { A: 'n', B: 'y', D: '"x"' })).to.deep.equal([
      '# Linux',
      'CONFIG_C=m',
      '# CONFIG_A is not set',
      'CONFIG_B=y',
      'CONFIG_D="x"',
      NO_KEY,
      '',
    ]);
  });

  it('generates no key for modules, as that would be another one in each build', () => {
    expect(merge('CONFIG_MODULE_SIG_KEY="certs/signing_key.pem"\n', {})).to.deep.equal([
      '',
      NO_KEY,
      '',
    ]);
  });

  it('has the key that its base or a request names', () => {
    const own = 'CONFIG_MODULE_SIG_KEY="mine.pem"';
    expect(merge(`${own}\n`, {})).to.deep.equal([own, '']);
    expect(merge('', { MODULE_SIG_KEY: '"certs/signing_key.pem"' })).to.deep.equal([
      '',
      'CONFIG_MODULE_SIG_KEY="certs/signing_key.pem"',
      '',
    ]);
  });
});
