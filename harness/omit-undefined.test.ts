import { expect } from 'chai';
import fc from 'fast-check';
import { omitUndefined } from './omit-undefined.ts';

interface Sample {
  readonly name: string;
  readonly size?: number;
}

describe('omitUndefined', () => {
  it('leaves out what is undefined and nothing else', () => {
    const rest = omitUndefined({ a: 1, b: undefined, c: null, d: false, e: '', f: 0 });
    expect(rest).to.deep.equal({ a: 1, c: null, d: false, e: '', f: 0 });
    expect(rest).to.not.have.property('b');
  });

  it('makes a value that may be undefined fit an optional property', () => {
    const size = (value: number | undefined): Sample => omitUndefined({ name: 'x', size: value });
    expect(Object.keys(size(undefined))).to.deep.equal(['name']);
    expect(size(3)).to.deep.equal({ name: 'x', size: 3 });
  });

  it('keeps the kinds of a union and the order of keys', () => {
    type Shape = { readonly kind: 'dot' } | { readonly kind: 'line'; readonly length?: number };
    const line = (length?: number): Shape => omitUndefined({ kind: 'line', length });
    expect(line(2)).to.deep.equal({ kind: 'line', length: 2 });
    expect(Object.keys(omitUndefined({ z: 1, y: undefined, a: 2 }))).to.deep.equal(['z', 'a']);
  });

  it('says in JSON what the object itself says', () => {
    const values = fc.option(fc.jsonValue(), { nil: undefined });
    fc.assert(
      fc.property(fc.dictionary(fc.string(), values), (properties) => {
        const rest = omitUndefined(properties);
        expect(JSON.stringify(rest)).to.equal(JSON.stringify(properties));
        expect(Object.values(rest)).to.not.include(undefined);
      }),
    );
  });
});
