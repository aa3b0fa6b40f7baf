import { chmod, mkdir, mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { UsageError } from '../../../errors.ts';
import { COPY_BYTES_MAX, COPY_ENTRIES_MAX, collectFiles } from './collect-files.ts';
import { SharedFolder } from './shared-folder.ts';

describe('the files of a folder that is copied into a guest', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kmx-collect-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const failure = async (finding: Promise<unknown>): Promise<UsageError> => {
    const error = await finding.catch((caught: unknown) => caught);
    expect(error).to.be.instanceOf(UsageError);
    return error as UsageError;
  };

  it('are all files and folders, with their rights, at their place in the guest', async () => {
    await mkdir(join(folder, 'sub/empty'), { recursive: true });
    await writeFile(join(folder, 'sub/run'), 'x');
    await chmod(join(folder, 'sub/run'), 0o750);
    const { entries, bytes, leftOut } = await collectFiles(folder, '/mnt/share');
    expect(entries.map(({ kind, path }) => `${kind} ${path}`)).to.deep.equal([
      'directory /mnt/share/sub',
      'directory /mnt/share/sub/empty',
      'file /mnt/share/sub/run',
    ]);
    expect(entries.at(-1)).to.deep.include({ mode: 0o750, content: Buffer.from('x') });
    expect({ bytes, leftOut }).to.deep.equal({ bytes: 1, leftOut: [] });
  });

  it('follow no link: one within the folder stays one, and any other is left out', async () => {
    await mkdir(join(folder, 'sub'));
    await symlink('../file', join(folder, 'sub/up'));
    await symlink('/etc/passwd', join(folder, 'absolute'));
    await symlink('..', join(folder, 'parent'));
    await symlink('sub/../../other', join(folder, 'roundabout'));
    const { entries, leftOut } = await collectFiles(folder, '/mnt/share');
    expect(entries.filter(({ kind }) => kind === 'link')).to.deep.equal([
      { kind: 'link', path: '/mnt/share/sub/up', target: '../file' },
    ]);
    expect(leftOut).to.deep.equal(['absolute', 'parent', 'roundabout']);
  });

  it('are refused if they are too large, or too many', async () => {
    await writeFile(join(folder, 'large'), '');
    await truncate(join(folder, 'large'), COPY_BYTES_MAX + 1);
    const large = await failure(collectFiles(folder, '/mnt/share'));
    expect(large).to.include({ code: 'SHARE_TOO_LARGE' });
    expect(large.message).to.include('has no 9p, so the folder is copied');
    await rm(join(folder, 'large'));
    for (let number = 0; number <= COPY_ENTRIES_MAX; number += 1) {
      await writeFile(join(folder, `${number}`), '');
    }
    expect(await failure(collectFiles(folder, '/mnt/share'))).to.include({
      code: 'SHARE_TOO_LARGE',
    });
  });

  it('are those of a folder that is there', async () => {
    await writeFile(join(folder, 'file'), '');
    await symlink(folder, join(folder, 'link'));
    expect((await SharedFolder.open(join(folder, 'link'))).path).to.equal(folder);
    for (const name of ['file', 'nothing']) {
      expect(await failure(SharedFolder.open(join(folder, name)))).to.include({
        code: 'SHARE_NO_FOLDER',
      });
    }
  });
});
