import { expect } from 'chai';
import type { RunEvent } from '../events.ts';
import { probedFacts } from '../testing/probed-facts.ts';
import { dropRepeatedFacts } from './repeated-facts.ts';

const time = '2026-01-01T00:00:00.000Z';
const factsOf = (digit: string): RunEvent => {
  return { type: 'facts', time, digest: `sha256:${digit.repeat(64)}`, facts: probedFacts() };
};

describe('facts that guests repeat', () => {
  it('are passed on once, and everything else each time', () => {
    const passed: RunEvent[] = [];
    const sink = dropRepeatedFacts((event) => void passed.push(event));
    const begin: RunEvent = { type: 'cell-begin', time, cell: 'k+c+v1+a' };
    for (const event of [factsOf('1'), begin, factsOf('1'), factsOf('2'), begin]) sink(event);
    expect(passed).to.deep.equal([factsOf('1'), begin, factsOf('2'), begin]);
  });
});
