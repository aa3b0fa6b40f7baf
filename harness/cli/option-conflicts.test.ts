import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { execa } from 'execa';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

describe('options of which one would be ignored', () => {
  for (const line of [
    'compare --json --markdown',
    'compare --html page.html --json',
    'compare --configs old new --runs last-but-one latest',
    'compare --configs old new --fail-on regression',
    'advise --json --markdown',
  ]) {
    it(`are refused: kmx ${line}`, async () => {
      const { exitCode, stderr } = await execa(process.execPath, [MAIN, ...line.split(' ')], {
        reject: false,
      });
      expect(stderr).to.match(/option '--\S+.*' cannot be used with option '--/);
      expect(exitCode).to.equal(2);
    });
  }
});
