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
    'reproduce panic-6.12 --rewind --times 3',
    'reproduce panic-6.12 --rewind --gdb agent',
  ]) {
    it(`are refused: kmx ${line}`, async () => {
      const { exitCode, stderr } = await execa(process.execPath, [MAIN, ...line.split(' ')], {
        reject: false,
      });
      expect(stderr).to.match(/option '--\S+.*' cannot be used with option '--/);
      expect(exitCode).to.equal(2);
    });
  }

  it('are refused without the one that they belong to: kmx reproduce --set', async () => {
    const line = ['reproduce', 'panic-6.12', '--set', 'linux.resources.cpu.quota=-1'];
    const { exitCode, stderr } = await execa(process.execPath, [MAIN, ...line], { reject: false });
    expect(stderr).to.include('--set: expected --rewind with it').and.to.include('add --rewind');
    expect(exitCode).to.equal(2);
  });
});
