import { expect } from 'chai';
import fc from 'fast-check';
import { compareVersions, upstreamVersion } from './version.ts';

// Each line is in ascending order; `dpkg --compare-versions` agreed on every pair.
const ASCENDING = [
  '6.1~rc1-1 6.1-1 6.1.9-1 6.1.10-1 6.1.176-1 6.12.0-1',
  '6.12.117-1~bpo13+1 6.12.117-1~deb12u1 6.12.117-1 6.12.117-1+b1 6.12.117-2',
  '7.3~rc7-1~exp1 7.3~rc7-1 7.3-1 7.3.4-1~bpo13+1',
  '1.0~~ 1.0~ 1.0 1.0-1 1.0a 1.0z 1.0+ 1.0.1-1 1:0.1-1 2:0-1',
];

describe('Versions of Debian packages', () => {
  for (const line of ASCENDING) {
    it(`are ordered as dpkg orders ${line}`, () => {
      const versions = line.split(' ');
      versions.forEach((older, index) => {
        expect(compareVersions(older, older), older).to.equal(0);
        for (const newer of versions.slice(index + 1)) {
          expect(compareVersions(older, newer), `${older} < ${newer}`).to.be.lessThan(0);
          expect(compareVersions(newer, older), `${newer} > ${older}`).to.be.greaterThan(0);
        }
      });
    });
  }

  it('do not care for leading zeros', () => {
    expect(compareVersions('5.010-01', '5.10-1')).to.equal(0);
  });

  it('are a total order', () => {
    const version = fc.stringMatching(/^[0-9][0-9a-z.~+]{0,6}(-[0-9a-z.~+]{1,4})?$/);
    fc.assert(
      fc.property(version, version, version, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b))).to.equal(-Math.sign(compareVersions(b, a)));
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).to.be.at.most(0);
        }
      }),
    );
  });

  it('have an upstream part without epoch and revision', () => {
    expect(upstreamVersion('6.12.117-1~deb12u1')).to.equal('6.12.117');
    expect(upstreamVersion('1:7.3~rc7-1~exp1')).to.equal('7.3~rc7');
    expect(upstreamVersion('5.10')).to.equal('5.10');
  });
});
