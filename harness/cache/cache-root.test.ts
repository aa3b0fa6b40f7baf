import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { cacheRoot } from './cache-root.ts';

describe('The cache folder', () => {
  it('is what KMX_CACHE says, before anything else', () => {
    const environment = { KMX_CACHE: '/big/kmx', XDG_CACHE_HOME: '/xdg', HOME: '/home/a' };
    expect(cacheRoot(environment)).to.equal('/big/kmx');
  });

  it('is below the XDG cache folder, else below the home folder', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: '/xdg', HOME: '/home/a' })).to.equal('/xdg/kmx');
    expect(cacheRoot({ HOME: '/home/a' })).to.equal('/home/a/.cache/kmx');
  });

  it('ignores a relative XDG folder, as its specification demands', () => {
    expect(cacheRoot({ XDG_CACHE_HOME: 'xdg', HOME: '/home/a' })).to.equal('/home/a/.cache/kmx');
  });

  it('refuses a relative KMX_CACHE and an environment that names no folder', () => {
    expect(() => cacheRoot({ KMX_CACHE: 'here' })).to.throw(UsageError, "found 'here'");
    expect(() => cacheRoot({})).to.throw(UsageError, 'KMX_CACHE');
  });
});
