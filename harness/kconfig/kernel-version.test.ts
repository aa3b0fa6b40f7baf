import { expect } from 'chai';
import fc from 'fast-check';
import { compareVersions } from './kernel-version.ts';

describe('versions of kernels', () => {
  it('are compared by the numbers that both have', () => {
    expect(compareVersions('6.12.117+deb12-cloud-amd64', '6.12')).to.equal(0);
    expect(compareVersions('6.9.0', '6.12')).to.be.below(0);
    expect(compareVersions('10.0', '6.12')).to.be.above(0);
    expect(compareVersions('6.12-rc3', '6.12.1')).to.be.below(0);
    expect(compareVersions('next-20260101', '6.12')).to.equal(undefined);
  });

  it('are in one order', () => {
    const version = fc.array(fc.nat({ max: 20 }), { minLength: 3, maxLength: 3 });
    fc.assert(
      fc.property(version, version, (one, other) => {
        const [left, right] = [one.join('.'), other.join('.')];
        const order = Math.sign(compareVersions(left, right) ?? Number.NaN);
        expect(order).to.equal(-Math.sign(compareVersions(right, left) ?? Number.NaN) + 0);
        expect(order === 0).to.equal(left === right);
      }),
    );
  });
});
