import { expect } from 'chai';
import { formatCount, formatTime } from './format.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('Formats of pages', () => {
  it('keep thousands apart', () => {
    const formatted = [0, 999, 1000, 2940, 1_234_567].map((number) => plain(formatCount(number)));
    expect(formatted).to.deep.equal(['0', '999', '1 000', '2 940', '1 234 567']);
  });

  it('show times in UTC', () => {
    expect(formatTime('2026-11-28T03:12:59.999Z')).to.equal('28 Nov 2026 03:12 UTC');
  });
});
