import { expect } from 'chai';
import { partsOf } from './log-parts.ts';

describe('The parts of a log that are on the page', () => {
  const lines = (count: number): string[] =>
    Array.from({ length: count }, (_, at) => `line ${at + 1}`);

  it('are the whole log if it is short', () => {
    expect(partsOf(['a', '', 'b'], [])).to.deep.equal([[1, 'a\n\nb']]);
    expect(partsOf([], [])).to.deep.equal([]);
  });

  it('are begin, end and what is around findings of a long one, each with its line number', () => {
    const parts = partsOf(lines(100_000), [{ first: 50_000, last: 50_010 }]);
    expect(parts).to.have.length(3);
    for (const [first, text] of parts) expect(text.split('\n')[0]).to.equal(`line ${first}`);
    const [, around] = parts;
    expect(around?.[1].split('\n')).to.include.members(['line 49900', 'line 50010', 'line 50100']);
    expect(parts.at(-1)?.[1].endsWith('line 100000')).to.equal(true);
  });

  it('are joined where they meet', () => {
    expect(partsOf(lines(6000), [{ first: 410, last: 420 }])).to.have.length(2);
  });

  it('stay small however long the lines and the finding are', () => {
    const log = Array.from({ length: 10_000 }, () => 'x'.repeat(2000));
    const parts = partsOf(log, [{ first: 1, last: 10_000 }]);
    expect(parts.reduce((sum, [, text]) => sum + text.length, 0)).to.be.below(500_000);
  });
});
