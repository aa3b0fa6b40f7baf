import {
  chmod,
  lstat,
  mkdir,
  mkdtemp,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { execa } from 'execa';
import { cachedBulk } from './cached-entry.ts';
import { findEntry } from './existing-entry.ts';
import { readFileList } from './manifest.ts';

const KEY = 'kernel-trees/some-6.1';

describe('an entry of very many files', () => {
  let root: string;
  let filled = 0;
  const path = (...names: readonly string[]) => join(root, KEY, ...names);
  const find = async () => (await findEntry(root, KEY)).kind;
  const make = () =>
    cachedBulk(root, KEY, async (folder) => {
      filled += 1;
      await mkdir(join(folder, 'deep'));
      await writeFile(join(folder, 'deep', 'file'), 'content');
      await symlink('deep/file', join(folder, 'link'));
    });

  beforeEach(async () => {
    filled = 0;
    root = await mkdtemp(join(tmpdir(), 'kmx-bulk-'));
    await make();
  });
  afterEach(() => rm(root, { recursive: true }));

  it('is filled once, with files that cannot be overwritten by accident', async () => {
    expect(await make()).to.equal(path());
    expect(filled).to.equal(1);
    expect((await lstat(path('deep/file'))).mode & 0o222).to.equal(0);
    expect((await lstat(path('deep'))).mode & 0o200).to.equal(0o200);
  });

  for (const [what, spoil] of [
    ['lost a file', () => rm(path('deep/file'))],
    ['has one more', () => writeFile(path('deep/other'), '')],
    [
      'has a file that was written to',
      async () => {
        await chmod(path('deep/file'), 0o644);
        await writeFile(path('deep/file'), 'Content');
      },
    ],
    [
      'has a link that leads elsewhere',
      async () => {
        await rm(path('link'));
        await symlink('deep', path('link'));
      },
    ],
  ] as const) {
    it(`is damaged if it ${what}, and filled anew`, async () => {
      await spoil();
      expect(await find()).to.equal('damaged');
      await make();
      expect(filled).to.equal(2);
      expect(await find()).to.equal('sound');
    });
  }

  it('is as good as a copy that keeps times', async () => {
    await execa('cp', ['--archive', path(), `${path()}.copy`]);
    await rm(path(), { recursive: true });
    await rename(`${path()}.copy`, path());
    await utimes(path('deep'), 0, 0);
    expect(await find()).to.equal('sound');
  });

  it('has no list of its files', async () => {
    expect(await readFileList(path())).to.equal(undefined);
  });
});
