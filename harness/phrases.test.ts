import { expect } from 'chai';
import { describeDuration } from './phrases.ts';

describe('a duration in words', () => {
  it('names the units that it has any of', () => {
    const texts = [0, 999, 45_000, 5_400_000, 7_200_000, 90_061_000].map(describeDuration);
    expect(texts).to.deep.equal(['0 s', '0 s', '45 s', '1 h 30 min', '2 h', '25 h 1 min 1 s']);
  });
});
