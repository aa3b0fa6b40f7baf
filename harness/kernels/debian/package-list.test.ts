import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { parsePackageList } from './package-list.ts';

const read = (suite: string) =>
  readFileSync(join(import.meta.dirname, 'testdata', 'packages', `${suite}.txt`), 'utf8');

describe('The list of packages of a suite', () => {
  it('gives the packages that kernels consist of', () => {
    expect(parsePackageList(read('bookworm')).map(({ name }) => name)).to.deep.equal([
      'linux-image-6.1.0-47-cloud-amd64',
      'linux-image-6.1.0-50-cloud-amd64',
      'linux-image-6.1.0-50-cloud-amd64-unsigned',
      'linux-image-6.1.0-50-rt-amd64',
      'linux-image-6.1.0-50-amd64',
    ]);
  });

  it('says where a package is, how large, and with which digest', () => {
    const [found] = parsePackageList(read('bookworm-security')).slice(1);
    expect(found).to.deep.equal({
      name: 'linux-image-6.12.117+deb12-cloud-amd64',
      version: '6.12.117-1~deb12u1',
      file: 'pool/updates/main/l/linux-signed-6.12-amd64/linux-image-6.12.117+deb12-cloud-amd64_6.12.117-1~deb12u1_amd64.deb',
      sha256: '5195b288dec79e2981d6b84457f38b7ce7310a2d702930ec7d07209c7f78ce37',
      bytes: 34307256,
      needs: [],
    });
  });

  it('says which other packages a kernel is in', () => {
    const packages = parsePackageList(read('trixie-backports'));
    const found = packages.find(({ name }) => name.startsWith('linux-image-7.2.12'));
    expect(found?.needs).to.deep.equal([
      'linux-base-7.2.12+deb13-cloud-amd64',
      'linux-binary-7.2.12+deb13-cloud-amd64',
      'linux-modules-7.2.12+deb13-cloud-amd64',
    ]);
  });

  it('passes over records that lack a field or have one of another form', () => {
    const record = 'Package: linux-image-6.1.0-50-amd64\nVersion: 6.1.176-1\nSize: 1\n';
    expect(parsePackageList(`${record}\n${read('bookworm-security')}`)).to.have.length(4);
    const whole = `${record}Filename: a.deb\nSHA256: ${'0'.repeat(64)}\n`;
    expect(parsePackageList(whole)).to.have.length(1);
    for (const [from, to] of [
      ['6.1.0-50', '6.1/../../50'],
      ['6.1.176-1', '../6.1'],
      ['Size: 1', 'Size: -1'],
      ['SHA256: 0', 'SHA256: ../0'],
    ] as const) {
      expect(parsePackageList(whole.replace(from, to)), to).to.deep.equal([]);
    }
  });

  it('may be cut anywhere', () => {
    const text = read('trixie-backports');
    const whole = parsePackageList(text);
    fc.assert(
      fc.property(fc.nat(text.length), (length) => {
        const part = parsePackageList(text.slice(0, length));
        expect(part.slice(0, -1)).to.deep.equal(whole.slice(0, Math.max(0, part.length - 1)));
      }),
    );
  });
});
