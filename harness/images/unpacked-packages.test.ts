import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile } from '../cache/digest.ts';
import type { PackageFile } from '../debian/package-file.ts';
import { buildDeb, type DebFiles } from '../debian/testing/build-deb.ts';
import { InfraError } from '../errors.ts';
import { unpackPackages } from './unpacked-packages.ts';

// Uses the host's apt and dpkg, but not the network: the archive is a folder.
describe('packages, unpacked', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-images-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function makePackage(name: string, files: DebFiles): Promise<PackageFile> {
    const deb = join(folder, `${name}_1_amd64.deb`);
    await buildDeb(deb, name, files);
    const sha256 = (await digestFile(deb)).replace('sha256:', '');
    const file = { name, version: '1', archive: `file:${folder}`, file: `${name}_1_amd64.deb` };
    return { ...file, vouchedBy: 'list', sha256 };
  }

  it('are one file system, in which links lead to files of any of them', async () => {
    const packages = [
      await makePackage('one', {
        'lib/x86_64-linux-gnu/liba.so.1': { link: 'liba.so.1.2' },
        'lib/x86_64-linux-gnu/liba.so.1.2': 'a library',
        'usr/share/bios.bin': { link: '../lib/other/bios.bin' },
        'usr/share/nowhere': { link: 'nothing' },
        'usr/share/round': { link: 'round' },
        'usr/share/folder': { link: '../lib/other' },
      }),
      await makePackage('other', { 'usr/lib/other/bios.bin': 'firmware' }),
    ];
    const unpacked = await unpackPackages(join(folder, 'unpacked'), packages);
    const read = (path: string) => {
      const found = unpacked.find(path);
      return found && [found.package, readFileSync(found.source, 'utf8')];
    };
    expect(read('usr/lib/x86_64-linux-gnu/liba.so.1')).to.deep.equal(['one', 'a library']);
    expect(read('usr/share/bios.bin')).to.deep.equal(['other', 'firmware']);
    expect(read('usr/share/folder/bios.bin')).to.deep.equal(['other', 'firmware']);
    expect(read('usr/share/nowhere')).to.equal(undefined);
    expect(read('usr/share/round')).to.equal(undefined);
    expect(read('usr/share/absent')).to.equal(undefined);
    expect(unpacked.paths).to.include('usr/lib/other/bios.bin');
  });

  it('are refused if one is not what the list says', async () => {
    const wrong = { ...(await makePackage('one', { 'usr/a': 'a' })), sha256: '0'.repeat(64) };
    const error = await unpackPackages(join(folder, 'unpacked'), [wrong]).catch((fault) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'FETCH_FAILED');
  });
});
