import { expect } from 'chai';
import { parsePrintedUris, withBases } from './installation.ts';

const SHA256 = '0123456789abcdef'.repeat(4);
const SOURCES = [
  { suite: 'trixie-backports', archive: 'http://mirror.example/debian' },
  { suite: 'trixie-security', archive: 'http://mirror.example/debian-security' },
];

describe('what an installation consists of', () => {
  it('is read from what apt-get prints, among what else it says', () => {
    const text = [
      'Reading package lists...',
      'Need to get 37.8 MB of archives.',
      `'http://mirror.example/debian/pool/main/z/zlib/zlib1g_1.3%2b1_amd64.deb' zlib1g_1%3a1.3+1_amd64.deb 88720 SHA256:${SHA256}`,
      `'http://mirror.example/debian-security/pool/q/qemu/seabios_1.16~2_all.deb' seabios_1.16~2_all.deb 163272 SHA256:${SHA256}`,
      '',
    ].join('\n');
    expect(parsePrintedUris(text, SOURCES)).to.deep.equal([
      {
        name: 'zlib1g',
        version: '1:1.3+1',
        archive: 'http://mirror.example/debian',
        file: 'pool/main/z/zlib/zlib1g_1.3%2b1_amd64.deb',
        ...{ vouchedBy: 'list', sha256: SHA256, bytes: 88720 },
      },
      {
        name: 'seabios',
        version: '1.16~2',
        archive: 'http://mirror.example/debian-security',
        file: 'pool/q/qemu/seabios_1.16~2_all.deb',
        ...{ vouchedBy: 'list', sha256: SHA256, bytes: 163272 },
      },
    ]);
  });

  it('has nothing from elsewhere, nothing without a digest, and no names that lead elsewhere', () => {
    const line = (uri: string, name: string, digest: string) => `'${uri}' ${name} 10 ${digest}`;
    const uri = 'http://mirror.example/debian/pool/a.deb';
    const text = [
      line('http://other.example/debian/pool/a.deb', 'a_1_amd64.deb', `SHA256:${SHA256}`),
      line(uri, 'a_1_amd64.deb', 'MD5Sum:8c82dcf89447f04e600379a1a1871f3b'),
      line(uri, '../a_1_amd64.deb', `SHA256:${SHA256}`),
      line(uri, 'a_1/2_amd64.deb', `SHA256:${SHA256}`),
    ].join('\n');
    expect(parsePrintedUris(text, SOURCES)).to.deep.equal([]);
  });

  for (const [suites, all] of [
    [['trixie'], ['trixie']],
    [['trixie-backports'], ['trixie-backports', 'trixie']],
    [
      ['bookworm-backports-sloppy', 'bookworm'],
      ['bookworm-backports-sloppy', 'bookworm'],
    ],
    [
      ['trixie', 'trixie-security'],
      ['trixie', 'trixie-security'],
    ],
    [['experimental'], ['experimental', 'sid']],
  ] as const) {
    it(`of ${suites.join(' and ')} is from ${all.join(' and ')}`, () => {
      expect(withBases(suites)).to.deep.equal(all);
    });
  }
});
