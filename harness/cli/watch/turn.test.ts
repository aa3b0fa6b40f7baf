import { expect } from 'chai';
import { type MadeTest, makeCell, makePanic } from '../../report/testing/made-cells.ts';
import { isGood, type Verdict } from '../../verdict/verdict.ts';
import { describeTurn } from './turn.ts';

/** Each of these has `boots`, too. */
function reportOf(...tests: readonly MadeTest[]) {
  const totals = Object.fromEntries([['pass', 1], ...tests.map(({ verdict }) => [verdict, 1])]);
  return { interrupted: false, totals, cells: [cellOf(tests)], expectations: [] };
}

/** Judged as where no failure is known. */
function cellOf(made: readonly MadeTest[], options: Parameters<typeof makeCell>[1] = {}) {
  const cell = makeCell(made, options);
  const tests = cell.tests.map((one) =>
    isGood(one.verdict) ? one : { ...one, judgement: { status: 'new' as const } },
  );
  return { ...cell, tests };
}

const test = (title: string, verdict: Verdict): MadeTest => ({ title, verdict });
const BROKEN = reportOf(test('a', 'agent-panic'), test('b', 'agent-panic'));
const HALF = reportOf(test('a', 'pass'), test('b', 'fail'));
const FIXED = reportOf(test('a', 'pass'), test('b', 'pass'));

describe('A round of kmx watch', () => {
  it('is red or green', () => {
    expect(describeTurn(undefined, BROKEN)).to.deep.equal({
      color: 'red',
      text: 'red: 2 of 3 tests do not pass',
    });
    expect(describeTurn(undefined, HALF).text).to.equal('red: 1 of 3 tests does not pass');
    expect(describeTurn(undefined, FIXED)).to.deep.equal({
      color: 'green',
      text: 'green: 3 tests pass',
    });
  });

  it('turns, and says which way', () => {
    expect(describeTurn(BROKEN, FIXED).text).to.equal('red → green: 2 tests pass now');
    expect(describeTurn(FIXED, HALF).text).to.equal('green → red: 1 test fails now');
  });

  it('may have improved and still be red', () => {
    const text = 'still red: 1 of 3 tests does not pass; 1 test passes now';
    expect(describeTurn(BROKEN, HALF).text).to.equal(text);
    const other = reportOf(test('a', 'fail'), test('b', 'pass'));
    expect(describeTurn(HALF, other).text).to.equal(
      'still red: 1 of 3 tests does not pass; 1 test passes now; 1 test fails now',
    );
    expect(describeTurn(FIXED, FIXED).text).to.equal('still green: 3 tests pass');
  });

  it('is green with tests that a guest cannot have, which do not count', () => {
    const skipped = reportOf(test('a', 'pass'), test('b', 'skip'));
    expect(describeTurn(undefined, skipped).text).to.equal('green: 2 tests pass');
  });

  it('is red if there was a crash outside of the tests', () => {
    const cells = [cellOf([test('a', 'pass')], { loose: [makePanic('late')] })];
    const text = describeTurn(FIXED, { ...FIXED, cells }).text;
    expect(text).to.equal('green → red: a crash outside of the tests');
  });

  it('is neither if nothing could be measured', () => {
    const lost = { ...reportOf(test('a', 'miss')), totals: { miss: 2 } };
    expect(describeTurn(FIXED, lost)).to.deep.equal({
      color: 'not measured',
      text: 'not measured',
    });
  });

  it('compares no test with one of another cell', () => {
    const cells = [cellOf([test('a', 'pass'), test('b', 'pass')], { id: 'other' })];
    expect(describeTurn(BROKEN, { ...FIXED, cells }).text).to.equal('red → green: 3 tests pass');
  });
});
