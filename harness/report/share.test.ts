import { expect } from 'chai';
import fc from 'fast-check';
import { share } from './share.ts';

describe('a value that shares its parts with an earlier one', () => {
  it('is equal to what it was, whatever the two are', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, earlier) => {
        expect(share(value, earlier)).to.deep.equal(value);
        const mixed = { a: value, b: [value, earlier] };
        expect(share(mixed, { a: earlier, b: [earlier, value] })).to.deep.equal(mixed);
      }),
    );
  });

  it('is the earlier one if the two are equal', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(share(structuredClone(value), value)).to.equal(value);
      }),
    );
  });

  it('has its own fields, whatever the earlier one is or inherits', () => {
    expect(share({ toString: 'x' }, {})).to.deep.equal({ toString: 'x' });
    expect(share({ a: undefined }, { b: undefined })).to.have.all.keys('a');
    expect(share({}, [])).to.deep.equal({});
    const named = JSON.parse('{"__proto__":"ok","cpu":"ok"}') as object;
    expect(JSON.stringify(share(named, { cpu: 'ok' }))).to.equal(JSON.stringify(named));
  });

  it('takes over equal parts where others differ', () => {
    const earlier = { facts: { cpus: [1, 2] }, words: [['a'], ['b']] };
    const shared = share({ facts: { cpus: [1, 2] }, words: [['a'], ['c']] }, earlier);
    expect(shared.facts).to.equal(earlier.facts);
    expect(shared.words[0]).to.equal(earlier.words[0]);
    expect(shared.words[1]).to.deep.equal(['c']);
  });
});
