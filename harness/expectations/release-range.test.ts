import { expect } from 'chai';
import fc from 'fast-check';
import { isInRange, isRange, looksLikeRange } from './release-range.ts';

const DEBIAN_6_12 = '6.12.117+deb12-cloud-amd64';
const DEBIAN_5_10 = '5.10.0-32-cloud-amd64';

describe('ranges of kernel releases', () => {
  it('hold for the numbers of a release, whatever a distribution puts behind them', () => {
    for (const [range, releases] of Object.entries({
      '>=6.12': [DEBIAN_6_12, '6.12', '6.13.0', '7.3.4+deb13-cloud-amd64', '10.0'],
      '<6.12': [DEBIAN_5_10, '6.1.0-56-cloud-amd64', '6.2'],
      '=6.12': [DEBIAN_6_12, '6.12-rc3'],
      '>6.12': ['6.13', '7.0'],
      '<=6.12': [DEBIAN_6_12, '4.19.0'],
      '>=6.12.100 <6.12.200': [DEBIAN_6_12],
      '>5 <7': [DEBIAN_6_12],
    })) {
      for (const release of releases) expect(isInRange(release, range), range).to.equal(true);
    }
  });

  it('do not hold for others', () => {
    for (const [range, releases] of Object.entries({
      '>=6.12': ['6.1.0-56-cloud-amd64', '6.9', DEBIAN_5_10, 'not a release', ''],
      '>6.12': [DEBIAN_6_12],
      '<6.12': [DEBIAN_6_12, '6.100'],
      '>=6.12 <6.12.50': [DEBIAN_6_12],
    })) {
      for (const release of releases) expect(isInRange(release, range), range).to.equal(false);
    }
  });

  it('are told from names, and faulty ones from good ones', () => {
    expect(looksLikeRange('debian-6.12')).to.equal(false);
    for (const good of ['>=6.12', '<7', '=6.12.117', '>=6.12 <7.0']) {
      expect(looksLikeRange(good) && isRange(good), good).to.equal(true);
    }
    for (const bad of ['>=', '>=6.x', '>=6.12,<7', '=> 6.12', '>=6.1.2.3', '>= 6.12']) {
      expect(isRange(bad), bad).to.equal(false);
    }
  });

  it('put every two releases in one order', () => {
    const numbers = fc.array(fc.nat({ max: 200 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(numbers, numbers, (one, other) => {
        const [release, bound] = [`${one.join('.')}-cloud`, other.join('.')];
        const holding = ['<', '=', '>'].filter((word) => isInRange(release, `${word}${bound}`));
        expect(holding).to.have.length(1);
      }),
    );
  });
});
