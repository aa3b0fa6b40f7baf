import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cargoEnvironment, cargoMounts } from './cargo-settings.ts';

describe('cargo in a container has of its host', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'kmx-cargo-home-'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  it('what is set about cargo and proxies, but neither its folders nor anything else', () => {
    const environment = cargoEnvironment({
      CARGO_HTTP_PROXY: 'http://a',
      https_proxy: 'http://b',
      CARGO_HOME: '/home/me/.cargo',
      CARGO_TARGET_DIR: '/elsewhere',
      SECRET: 'none of its business',
    });
    expect(environment).to.include.members([
      'CARGO_HTTP_PROXY=http://a',
      'https_proxy=http://b',
      'CARGO_HOME=/cargo',
    ]);
    expect(environment.join()).to.not.match(/elsewhere|SECRET|home.me/);
  });

  it('the crates that were fetched, and its settings, but not the keys beside them', async () => {
    mkdirSync(join(home, 'registry'));
    writeFileSync(join(home, 'config.toml'), '');
    writeFileSync(join(home, 'credentials.toml'), '');
    const mounts = await cargoMounts({ CARGO_HOME: home });
    const own = mounts.filter(({ Source }) => Source.startsWith(home));
    expect(own.map(({ Target, ReadOnly }) => [Target, ReadOnly])).to.deep.equal([
      ['/cargo/registry', false],
      ['/cargo/config.toml', true],
    ]);
  });

  it('the certificates that it is told to trust', async () => {
    const SSL_CERT_FILE = join(home, 'own.pem');
    writeFileSync(SSL_CERT_FILE, '');
    const mounts = await cargoMounts({ CARGO_HOME: home, SSL_CERT_FILE });
    expect(mounts.find(({ Target }) => Target === '/certificates.pem')?.Source).to.equal(
      SSL_CERT_FILE,
    );
  });
});
