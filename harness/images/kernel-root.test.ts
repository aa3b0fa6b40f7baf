import { expect } from 'chai';
import { InfraError } from '../errors.ts';
import { identify } from './kernel-root.ts';

const packageOf = (name: string, version: string) => ({ name, version, sha256: 'a'.repeat(64) });
const PACKAGES = [
  packageOf('gcc', '4:14.2.0-1'),
  packageOf('gcc-14', '14.2.0-19'),
  packageOf('gcc-14-x86-64-linux-gnu', '14.2.0-19'),
  packageOf('binutils', '2.44-3'),
  packageOf('flex', '2.6.4-8.2'),
];
const replace = (name: string, version: string) =>
  PACKAGES.map((one) => (one.name === name ? packageOf(name, version) : one));

describe('what kernels are built with in a container', () => {
  it('is called as gcc calls itself', () => {
    expect(identify(PACKAGES).version).to.equal('gcc (Debian 14.2.0-19) 14.2.0');
  });

  it('is another one with another compiler or linker, in whatever order packages are', () => {
    const { digest } = identify(PACKAGES);
    expect(identify(PACKAGES.toReversed()).digest).to.equal(digest);
    for (const name of ['gcc-14', 'gcc-14-x86-64-linux-gnu', 'binutils']) {
      expect(identify(replace(name, '99')).digest, name).not.to.equal(digest);
    }
    expect(identify(replace('flex', '99')).digest).to.equal(digest);
  });

  it('cannot be without gcc', () => {
    expect(() => identify([packageOf('gcc', '4:14.2.0-1')]))
      .to.throw(InfraError, 'has no gcc')
      .with.property('code', 'PACKAGE_LAYOUT');
  });
});
