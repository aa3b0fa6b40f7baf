import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { expect } from 'chai';
import { findLogs } from './find-logs.ts';

describe('The logs of a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmx-logs-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function make(...paths: readonly string[]): void {
    for (const path of paths) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), '');
    }
  }
  const find = (): readonly string[] =>
    findLogs(folder).files.map((path) => relative(folder, path));

  it('are its files at any depth, except for those of other kinds, in the order of names', () => {
    make('b.log', 'a/deep/er/console', 'a/x.txt.gz', 'dmesg.1', 'junit.xml', 'LOG.XZ');
    make('index.html', 'a/report.json', 'README.md', 'vm.qcow2', 'kernel.config.gz', 'a.c');
    make('.git/log', 'node_modules/x/a.log');
    expect(find()).to.deep.equal([
      ...['LOG.XZ', 'a/deep/er/console', 'a/x.txt.gz', 'b.log', 'dmesg.1', 'junit.xml'],
    ]);
    expect(findLogs(folder).skipped).to.equal(6);
  });

  it('do not include what symbolic links lead to, such as the folder itself', () => {
    make('a/b.log');
    symlinkSync('..', join(folder, 'a/up'));
    symlinkSync('b.log', join(folder, 'a/latest.log'));
    expect(find()).to.deep.equal(['a/b.log']);
  });

  it('of a run of kmx are those of its guests: its reports say the same again', () => {
    const run = '20261124-043401-92a3';
    make(`${run}/events.jsonl`, `${run}/junit.xml`, `${run}/summary.txt`, `${run}/configs/a.log`);
    make(`${run}/cells/a/guest-1/console.log`, `${run}/cells/a/guest-1/command.txt`);
    make('other.log');
    expect(find()).to.deep.equal([`${run}/cells/a/guest-1/console.log`, 'other.log']);
  });

  it('are a limited number', () => {
    make('a.log', 'b.log', 'c.log');
    expect(() => findLogs(folder, 2)).to.throw('more than 2 files');
  });
});
