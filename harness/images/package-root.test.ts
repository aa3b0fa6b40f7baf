import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { digestFile } from '../cache/digest.ts';
import { buildDeb } from '../debian/testing/build-deb.ts';
import { InfraError } from '../errors.ts';
import { fillRoot, type RootContent } from './package-root.ts';

// Uses the host's dpkg, but not the network: the archive is a folder.
describe('a root file system of packages', () => {
  let folder = '';
  let content: RootContent;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-root-'));
    const deb = join(folder, 'one.deb');
    await buildDeb(deb, 'one', {
      'bin/mawk': 'a program',
      'usr/share/man/mawk.1': 'its manual',
      'usr/lib/ssl/certs': { link: '/etc/ssl/certs' },
    });
    const sha256 = (await digestFile(deb)).replace('sha256:', '');
    const file = { name: 'one', version: '1', archive: `file:${folder}`, file: 'one.deb' };
    content = {
      packages: [{ ...file, vouchedBy: 'list', sha256 }],
      what: 'one 1',
      needed: /^usr\/(bin|lib)\//,
      programs: ['mawk', 'awk'],
      alternatives: { awk: 'mawk' },
      remedy: 'none',
    };
  });
  afterEach(() => rm(folder, { recursive: true }));

  const fill = async (changes: Partial<RootContent> = {}): Promise<string> => {
    const root = await mkdtemp(join(folder, 'root-'));
    await fillRoot(root, { ...content, ...changes }, () => {});
    return root;
  };

  it('has what is needed, and programs under names that only scripts of packages give them', async () => {
    const root = await fill();
    expect(await readFile(join(root, 'usr/bin/awk'), 'utf8')).to.equal('a program');
    const files = await readdir(root, { recursive: true });
    expect(files.toSorted()).to.deep.equal(['usr', 'usr/bin', 'usr/bin/awk', 'usr/bin/mawk']);
  });

  it('is an error that names the programs it lacks', async () => {
    const error = await fill({ programs: ['mawk', 'bison', 'flex'] }).catch((fault) => fault);
    expect(error).to.be.instanceOf(InfraError).with.property('code', 'PACKAGE_LAYOUT');
    expect(error.message).to.equal('one 1 and what it depends on do not have bison, flex');
  });
});
