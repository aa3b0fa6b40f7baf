import { lstatSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { cachedEntry, claimEntry } from './cached-entry.ts';
import { findEntry, sealEntry } from './existing-entry.ts';

const KEY = 'kernels/some-6.1';
const CONTENT = 'x'.repeat(1000);

describe('what an entry of the cache is known by', () => {
  let root: string;
  const path = (...names: readonly string[]) => join(root, KEY, ...names);
  const why = async () => {
    const found = await findEntry(root, KEY);
    return found.kind === 'damaged' ? found.why : found.kind;
  };
  const make = () =>
    cachedEntry(root, KEY, async (folder) => {
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', 'file'), CONTENT, { mode: 0o600 });
    });
  /** As a disk does it, which leaves the mode alone. */
  const damage = async (content: string) => {
    await rm(path('deep/file'));
    await writeFile(path('deep/file'), content);
  };
  const edit = async (file: string, change: (text: string) => string) => {
    const text = await readFile(path(file), 'utf8');
    await writeFile(path(file), change(text));
  };
  const anotherBoot = (text: string) => text.replace(/"bootId":"[^"]+"/, '"bootId":"earlier"');
  /** Notes the inode of the damaged file as that of one whose content was right. */
  const hideDamage = async (content: string) => {
    await damage(content);
    const { ino, size, mtimeNs, ctimeNs } = lstatSync(path('deep/file'), { bigint: true });
    const inode = [ino, size, mtimeNs, ctimeNs].join(' ');
    await edit('.checked.json', (text) =>
      JSON.stringify({ ...JSON.parse(text), inodes: { 'deep/file': inode } }),
    );
  };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'kmx-manifest-'));
    await make();
    expect(await why()).to.equal('sound');
  });
  afterEach(() => rm(root, { recursive: true }));

  for (const [what, spoil, expected] of [
    ['lost a file', () => rm(path('deep/file')), 'deep/file: it is gone'],
    [
      'has a file that was cut',
      () => damage('x'.repeat(5)),
      'deep/file: expected 1000 bytes, found 5',
    ],
    [
      'has a file with other bytes in it',
      () => damage('y'.repeat(1000)),
      'deep/file: its content is not what was written',
    ],
    ['has no list of its files', () => rm(path('.manifest.json')), 'there is no list of its files'],
    [
      'has half a list of its files',
      () => truncate(path('.manifest.json'), 50),
      'there is no list of its files',
    ],
    [
      'was made under another key',
      async () => {
        await rm(path(), { recursive: true });
        await cachedEntry(root, 'kernels/other', async () => {});
        await rename(join(root, 'kernels/other'), path());
      },
      'it was made as kernels/other',
    ],
  ] as const) {
    it(`says what is wrong with one that ${what}, and it is made anew`, async () => {
      await spoil();
      expect(await why()).to.equal(expected);
      await make();
      expect(await why()).to.equal('sound');
      expect(await readFile(path('deep/file'), 'utf8')).to.equal(CONTENT);
    });
  }

  it('is looked at in whole once per boot of the host: then the inodes tell enough', async () => {
    await hideDamage('y'.repeat(1000));
    expect(await why()).to.equal('sound');
    await edit('.checked.json', anotherBoot);
    expect(await why()).to.equal('deep/file: its content is not what was written');
    await damage(CONTENT);
    expect(await why()).to.equal('sound');
    expect(await readFile(path('.checked.json'), 'utf8')).to.not.include('earlier');
  });

  it('is its sizes alone until it is sealed, which holds until the host goes down', async () => {
    await rm(path(), { recursive: true });
    {
      await using claim = await claimEntry(root, KEY);
      if (claim.kind === 'there') throw new Error('Expected the entry to be gone');
      await mkdir(join(claim.folder, 'deep'));
      await writeFile(join(claim.folder, 'deep', 'file'), CONTENT);
      await claim.publishUnsealed();
    }
    expect(await why()).to.equal('sound');
    await edit('.manifest.json', anotherBoot);
    expect(await why()).to.equal('the host went down before all of it was on the disk');
    expect(await sealEntry(root, KEY)).to.equal(true);
    await edit('.checked.json', anotherBoot);
    expect(await why()).to.equal('sound');
  });

  it('cannot be sealed any more once it is discarded', async () => {
    await rm(path(), { recursive: true });
    expect(await sealEntry(root, KEY)).to.equal(false);
  });
});
