import { expect } from 'chai';
import fc from 'fast-check';
import { createKnownParts } from './known-parts.ts';

const FACTS = { release: '6.12', words: Array.from({ length: 30 }, (_, index) => `word ${index}`) };

describe('known parts of a log', () => {
  const lineOf = (rest: object, facts: unknown = FACTS): string =>
    JSON.stringify({ type: 'guest-ready', facts, ...rest });

  function learned() {
    const parts = createKnownParts('facts');
    const line = lineOf({ cell: 'first' });
    parts.learn(line, JSON.parse(line), FACTS);
    return parts;
  }

  it('are recognised by their text, and are the same value then', () => {
    const taken = learned().take(lineOf({ cell: 'second' }));
    expect(taken?.value).to.equal(FACTS);
    expect(taken?.rest).to.equal('{"type":"guest-ready","facts":null,"cell":"second"}');
  });

  it('are not taken for others, nor for longer ones, nor for what a guest has printed', () => {
    const parts = learned();
    expect(parts.take(lineOf({}, { ...FACTS, release: '6.1' }))).to.equal(undefined);
    expect(parts.take(lineOf({}, { ...FACTS, more: 1 }))).to.equal(undefined);
    expect(parts.take(JSON.stringify({ text: lineOf({}) }))).to.equal(undefined);
    expect(parts.take(lineOf({ inner: { facts: 1 } })), 'two such keys').to.equal(undefined);
  });

  it('never change what a line says, whatever it holds', () => {
    const any = fc.oneof(fc.constant(FACTS), fc.jsonValue());
    const rest = fc.dictionary(fc.oneof(fc.constant('facts'), fc.string()), any);
    fc.assert(
      fc.property(fc.array(fc.tuple(any, rest), { maxLength: 40 }), (lines) => {
        const parts = createKnownParts('facts');
        for (const [facts, others] of lines) {
          const line = JSON.stringify({ ...others, facts });
          const parsed: { facts: unknown } = JSON.parse(line);
          const taken = parts.take(line);
          if (taken !== undefined) {
            const whole = { ...JSON.parse(taken.rest), facts: taken.value };
            expect(JSON.parse(taken.rest).facts).to.equal(null);
            expect(whole).to.deep.equal(parsed);
          }
          parts.learn(line, parsed, parsed.facts);
        }
      }),
    );
  });
});
