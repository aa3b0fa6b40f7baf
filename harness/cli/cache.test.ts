import { expect } from 'chai';
import { UsageError } from '../errors.ts';
import { parseSize, prune } from './cache.ts';

describe('the size that a cache may have', () => {
  for (const [text, bytes] of [
    ['0', 0],
    ['4096', 4096],
    ['500M', 500 * 1024 ** 2],
    ['2.5G', 2.5 * 1024 ** 3],
    ['1GiB', 1024 ** 3],
    ['10kB', 10 * 1024],
  ] as const) {
    it(`is ${bytes} bytes for ${text}`, () => {
      expect(parseSize(text)).to.equal(bytes);
    });
  }

  for (const text of ['', 'G', '-1G', '1.5', '5 G', '5X', '1e9', 'much']) {
    it(`is not to be read from ${JSON.stringify(text)}`, () => {
      expect(() => parseSize(text)).to.throw(UsageError, 'expected a size such as 5G');
    });
  }
});

describe('what is to be pruned', () => {
  it('is nothing by itself', async () => {
    const error: unknown = await prune({}).catch((thrown: unknown) => thrown);
    expect(error).to.be.instanceOf(UsageError);
    expect(error).to.have.property('message').that.contains('expected --max-size or --containers');
  });
});
