import { expect } from 'chai';
import { shortNames } from './short-names.ts';

describe('Short names of columns', () => {
  it('are the last parts of paths', () => {
    expect(shortNames(['/boot/config-6.1', 'build/.config'])).to.deep.equal([
      'config-6.1',
      '.config',
    ]);
  });

  it('are whole if the last parts are the same, or empty', () => {
    const same = ['old/.config', 'new/.config'];
    expect(shortNames(same)).to.equal(same);
    const folders = ['one/', 'two'];
    expect(shortNames(folders)).to.equal(folders);
  });
});
