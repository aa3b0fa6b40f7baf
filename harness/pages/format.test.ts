import { expect } from 'chai';
import { formatCount, formatDuration, formatTime } from './format.ts';

const plain = (text: string): string => text.replaceAll('\u202f', ' ');

describe('Formats of pages', () => {
  it('keep thousands apart', () => {
    const formatted = [0, 999, 1000, 2940, 1_234_567].map((number) => plain(formatCount(number)));
    expect(formatted).to.deep.equal(['0', '999', '1 000', '2 940', '1 234 567']);
  });

  it('show durations in the unit that fits, rounded into the next one', () => {
    const formatted = [812, 4060, 59_960, 200_400, 1_380_000, 7_500_000].map((ms) =>
      plain(formatDuration(ms)),
    );
    expect(formatted).to.deep.equal([
      '812 ms',
      '4.1 s',
      '1 min 00 s',
      '3 min 20 s',
      '23 min',
      '2 h 05 min',
    ]);
  });

  it('show times in UTC', () => {
    expect(formatTime('2026-11-28T03:12:59.999Z')).to.equal('28 Nov 2026 03:12 UTC');
  });
});
