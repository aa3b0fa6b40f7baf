import { expect } from 'chai';
import { createWordMarks } from './word-marks.ts';

describe('the marks of words', () => {
  it('tell whose words are in a text', () => {
    const marksOf = createWordMarks(['panic', 'oops'], ['oops', 'reboot'], ['segfault']);
    expect(marksOf('nothing')).to.equal(0);
    expect(marksOf('a panic')).to.equal(1);
    expect(marksOf('oops')).to.equal(1 + 2);
    expect(marksOf('segfault, panic, reboot')).to.equal(1 + 2 + 4);
  });
});
