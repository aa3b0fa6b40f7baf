import { expect } from 'chai';
import fc from 'fast-check';
import { anyHostileText } from '../testing/hostile-kconfig.ts';
import { parseFragment } from './parse-fragment.ts';

describe('a fragment', () => {
  it('asks for values, and for symbols to be off', () => {
    const text = [
      '# Comments say nothing.',
      '',
      'CONFIG_PSI=y',
      '  CONFIG_EXT4_FS=m  ',
      '# CONFIG_SLUB is not set',
      '#CONFIG_SWAP is not set',
      'CONFIG_NR_CPUS=8',
      'CONFIG_START=0x1000',
      'CONFIG_NAME="a \\"b\\" = # c"',
      'CONFIG_PSI=n',
    ].join('\r\n');
    const { requests, problems } = parseFragment(text, 'mine.config');
    expect(problems).to.deep.equal([]);
    expect(requests.map(({ symbol, value, line }) => `${line} ${symbol}=${value}`)).to.deep.equal([
      '3 PSI=y',
      '4 EXT4_FS=m',
      '5 SLUB=n',
      '6 SWAP=n',
      '7 NR_CPUS=8',
      '8 START=0x1000',
      '9 NAME="a \\"b\\" = # c"',
      '10 PSI=n',
    ]);
  });

  it('is told what cannot be understood, with its place', () => {
    const text = 'PSI=y\n CONFIG_PSI=yes\nCONFIG_PSI\nCONFIG_A-B=y\nCONFIG_T="open\nCONFIG_E=\n';
    const { problems, problemCount } = parseFragment(text, 'mine.config');
    expect(
      problems.map(({ line, column, message }) => `${line}:${column}: ${message}`),
    ).to.deep.equal([
      '1:1: expected CONFIG_PSI=…, found PSI=…',
      '2:13: expected y, m, n, a number or a text in quotation marks, found yes',
      '3:1: expected CONFIG_…=… or "# CONFIG_… is not set", found CONFIG_PSI',
      '4:1: expected CONFIG_…=… or "# CONFIG_… is not set", found CONFIG_A-B=y',
      '5:10: expected y, m, n, a number or a text in quotation marks, found "open',
      '6:10: expected y, m, n, a number or a text in quotation marks, found nothing',
    ]);
    expect(problemCount).to.equal(6);
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.oneof(anyHostileText, fc.string({ unit: 'binary' })), (text) => {
        const { requests, problems, problemCount } = parseFragment(text, 'f');
        expect(problems.length).to.equal(Math.min(problemCount, 20));
        for (const { symbol } of requests) expect(symbol).to.match(/^\w{1,128}$/);
      }),
    );
    const huge = `${'CONFIG_A=y\n'.repeat(60_000)}${'x'.repeat(100_000)}\n${'\\'.repeat(10_000)}`;
    expect(parseFragment(huge, 'f').problemCount).to.equal(10_002);
  });
});
