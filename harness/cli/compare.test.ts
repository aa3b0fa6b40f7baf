import { expect } from 'chai';
import { compare } from '../compare/compare.ts';
import { compareConfigs, type NamedConfig } from '../compare/compare-configs.ts';
import { NO_KNOWLEDGE } from '../compare/knowledge.ts';
import { selectAxis } from '../compare/select-columns.ts';
import { type MadeCell, made, makeRun } from '../compare/testing/made-run.ts';
import { exitCodeOf } from './compare.ts';

function compareKernels(...cells: readonly MadeCell[]) {
  const run = makeRun(cells.map((cell, index) => ({ ...cell, kernel: `k${index}` })));
  return compare(selectAxis(run, 'kernel', []), { knowledge: NO_KNOWLEDGE });
}

const GOOD: MadeCell = { tests: [made('pass')], facts: { hz: '250' } };
const BAD: MadeCell = { ...GOOD, tests: [made('fail')] };

describe('the exit code of a comparison', () => {
  it('is 1 if a result, a fact or a symbol differs, and 0 if nothing does', () => {
    expect(exitCodeOf(compareKernels(GOOD, GOOD))).to.equal(0);
    expect(exitCodeOf(compareKernels(GOOD, BAD))).to.equal(1);
    expect(exitCodeOf(compareKernels(GOOD, { ...GOOD, facts: { hz: '1000' } }))).to.equal(1);
    const configOf = (value: string | undefined): NamedConfig => {
      return { name: 'a.config', config: { symbols: new Map([['PSI', value]]) } };
    };
    expect(exitCodeOf(compareConfigs([configOf('y'), configOf('y')]))).to.equal(0);
    expect(exitCodeOf(compareConfigs([configOf('y'), configOf(undefined)]))).to.equal(1);
  });

  it('follows the change that it is to follow, and nothing else', () => {
    expect(exitCodeOf(compareKernels(GOOD, BAD), 'regression')).to.equal(1);
    expect(exitCodeOf(compareKernels(BAD, GOOD), 'regression')).to.equal(0);
    expect(exitCodeOf(compareKernels(BAD, GOOD), 'improvement')).to.equal(1);
    expect(exitCodeOf(compareKernels(GOOD, { ...GOOD, facts: {} }), 'regression')).to.equal(0);
  });
});
