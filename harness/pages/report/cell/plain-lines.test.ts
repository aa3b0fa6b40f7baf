import { expect } from 'chai';
import fc from 'fast-check';
import { barsOf, type PlainTest, plainTestsOf, textOf } from '../../client/plain-tests.ts';

const part = fc.option(fc.record({ from: fc.nat(1000), length: fc.nat(1000) }), { nil: undefined });
/** Fields have no tabs and lines: see `toField`. */
const field = fc.string().map((text) => text.replaceAll(/[\t\n]+/g, ' '));

const test: fc.Arbitrary<PlainTest> = fc.record({
  file: fc.constantFrom('boots', 'cpu/quota.spec.ts', 'pids/limit.spec.ts'),
  verdict: fc.constantFrom('pass', 'skip'),
  took: fc.constantFrom('', '812\u202fms'),
  guest: fc.constantFrom('', '17'),
  title: field,
  traits: fc.subarray(['cached', 'slow']),
  reason: field,
  ran: part,
  cameUp: part,
  isBooted: fc.constant(false),
  log: fc.option(fc.constantFrom('console', 'agent-stderr'), { nil: undefined }),
});

describe('Lines of plain tests', () => {
  it('give back the tests that they were made from, whatever their titles are', () => {
    fc.assert(
      fc.property(fc.array(test, { minLength: 1 }), (tests) => {
        expect(plainTestsOf(textOf(tests, 'boots'), barsOf(tests), 'boots')).to.deep.equal(tests);
      }),
    );
  });

  it('keep a title with tabs and line feeds on one line', () => {
    const own = { file: 'boots', verdict: 'pass', took: '', guest: '', traits: [], reason: '' };
    const tests = [{ ...own, title: 'one\ttwo\nthree', isBooted: false }];
    const [read] = plainTestsOf(textOf(tests, 'boots'), barsOf(tests), 'boots');
    expect(read?.title).to.equal('one two three');
  });

  it('say of a guest that it was booted', () => {
    const own = { file: 'boots', verdict: 'pass', took: '', guest: '1', traits: [], reason: '' };
    const tests = [{ ...own, title: 'boots', cameUp: { from: 0, length: 5 }, isBooted: true }];
    const [read] = plainTestsOf(textOf(tests, 'boots'), barsOf(tests), 'boots');
    expect(read?.isBooted).to.equal(true);
    expect(read?.cameUp).to.deep.equal({ from: 0, length: 5 });
  });
});
