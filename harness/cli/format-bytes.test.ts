import { expect } from 'chai';
import { formatBytes } from './format-bytes.ts';

describe('a number of bytes', () => {
  for (const [bytes, text] of [
    [0, '0 KiB'],
    [100, '0.1 KiB'],
    [10 * 1024, '10 KiB'],
    [1.5 * 1024 ** 2, '1.5 MiB'],
    [9.97 * 1024 ** 2, '10 MiB'],
    [27.4 * 1024 ** 2, '27 MiB'],
    [1024 ** 3, '1.0 GiB'],
    [2048 * 1024 ** 3, '2048 GiB'],
  ] as const) {
    it(`reads ${text}`, () => {
      expect(formatBytes(bytes)).to.equal(text);
    });
  }
});
