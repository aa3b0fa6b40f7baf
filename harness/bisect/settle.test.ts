import { expect } from 'chai';
import fc from 'fast-check';
import { OUTCOMES, type Outcome } from './outcome.ts';
import { settle } from './settle.ts';
import type { Told } from './tell-outcome.ts';

const RULE = { passes: 2, most: 5 };
const toldAll = (letters: string): readonly Told[] =>
  [...letters].map((letter, index) => ({
    outcome: OUTCOMES.find((outcome) => outcome.startsWith(letter)) as Outcome,
    why: `${letter}${index}`,
  }));

describe('a step of a bisect', () => {
  for (const [measured, outcome] of [
    ['g', undefined],
    ['gg', 'good'],
    ['b', undefined],
    ['bb', 'bad'],
    ['u', undefined],
    ['uu', 'unclear'],
    ['gb', undefined],
    ['gbg', undefined],
    ['gbb', 'bad'],
    ['gbggg', 'bad'],
    ['gug', 'good'],
    ['uguu', 'unclear'],
    ['ubuuu', 'bad'],
  ] as const) {
    const then = outcome === undefined ? 'must be measured again' : `is ${outcome}`;
    it(`that was measured as ${measured} ${then}`, () => {
      expect(settle(toldAll(measured), RULE)?.outcome).to.equal(outcome);
    });
  }

  it('says how often it failed if it did not always', () => {
    expect(settle(toldAll('gbggg'), RULE)?.why).to.equal('b1 (in 1 of 5 measurements)');
    expect(settle(toldAll('bb'), RULE)?.why).to.equal('b0');
  });

  it('needs as many passes as asked for', () => {
    expect(settle(toldAll('gggg'), { passes: 5, most: 5 })).to.equal(undefined);
    expect(settle(toldAll('ggggg'), { passes: 5, most: 5 })?.outcome).to.equal('good');
    expect(settle(toldAll('g'), { passes: 1, most: 1 })?.outcome).to.equal('good');
    expect(settle(toldAll('b'), { passes: 1, most: 1 })?.outcome).to.equal('bad');
  });

  it('is not measured again if that would tell the same', () => {
    const final: Told = { outcome: 'unclear', why: 'there is no such kernel', fault: 'NO_KERNEL' };
    expect(settle([final], RULE)).to.equal(final);
  });

  it('is settled at the latest when it was measured as often as allowed', () => {
    const outcomes = fc.array(fc.constantFrom('g', 'b', 'u'), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(outcomes, (letters) => {
        const settled = settle(toldAll(letters.join('')), RULE);
        expect(settled?.outcome).to.equal(
          letters.includes('b') ? 'bad' : (settled?.outcome ?? 'none'),
        );
        expect(settled).not.to.equal(undefined);
      }),
    );
  });
});
