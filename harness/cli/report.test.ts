import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));
const EVENTS = fileURLToPath(new URL('../report/testdata/events.jsonl', import.meta.url));

describe('a run that is reported again', () => {
  const out = mkdtempSync(join(tmpdir(), 'kmx-report-'));
  const folder = join(out, 'past');
  const other = join(out, 'other');
  before(() => {
    for (const path of [folder, other]) mkdirSync(path);
    copyFileSync(EVENTS, join(folder, 'events.jsonl'));
  });
  after(() => rmSync(out, { recursive: true }));

  function kmx(...words: readonly string[]) {
    const environment = { GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' };
    return execa(process.execPath, [MAIN, ...words, '--out', out], {
      env: environment,
      reject: false,
    });
  }

  it('prints the summary that it ended with, and is no failure though it was red', async () => {
    const { exitCode, stdout } = await kmx('show', 'past');
    expect(stdout).to.match(
      /8 tests not as expected \(3 unexpected panics\) in 77 tests of 3 cells/,
    );
    expect(exitCode).to.equal(0);
  });

  it('is written to its own folder, file by file', async () => {
    const { exitCode, stdout } = await kmx('report', 'past', '--format', 'tap,ctrf');
    expect(exitCode).to.equal(0);
    expect(stdout.split('\n')).to.deep.equal([
      join(folder, 'report.tap'),
      join(folder, 'ctrf-report.json'),
    ]);
    expect(readFileSync(join(folder, 'report.tap'), 'utf8')).to.match(/^TAP version 14\n/);
  });

  it('is written to another folder, with the names that its formats have', async () => {
    const formats = ['--format', 'junit', '--format', 'markdown'];
    await kmx('report', 'past', ...formats, '--output', other);
    expect(readdirSync(other)).to.have.members(['junit.xml', 'summary.md']);
  });

  it('is the same on standard output and in a file', async () => {
    const file = join(out, 'my.xml');
    const { stdout } = await kmx('report', 'past', '--format', 'junit', '--output', '-');
    await kmx('report', 'past', '--format', 'junit', '--output', file);
    expect(`${stdout}\n`).to.equal(readFileSync(file, 'utf8'));
  });

  for (const [words, expected] of [
    ['report past --format gitlab', /Expected some of html, json, .*, found 'gitlab'/],
    ['report past --format junit,tap --output -', /standard output takes one format, not several/],
    ['report past --format json --output /nowhere/x.json', /cannot be written to \/nowhere/],
    ['report gone --format json', /there is no run "gone"/],
    ['report past', /required option '--format <formats>' not specified/],
    ['show gone', /there is no run "gone".*\n.*: past, other|: other, past/],
  ] as const) {
    it(`is refused with what is wrong: kmx ${words}`, async () => {
      const { exitCode, stderr } = await kmx(...words.split(' '));
      expect(stderr).to.match(expected);
      expect(exitCode).to.equal(2);
    });
  }
});
