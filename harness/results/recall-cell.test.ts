import { expect } from 'chai';
import { BOOTS, type TestId } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { judge } from '../expectations/judge.ts';
import { type RecallOptions, recallCell } from './recall-cell.ts';
import type { StoredFile, StoredResult } from './stored-file.ts';
import { nameOf, PASS, storedFile } from './testing/stored.ts';

const HANG: StoredResult = { ...PASS, verdict: 'hang', signature: 'hang:PauseContainer' };
const boots = storedFile('boots', { boots: PASS });
const a = storedFile('a.spec.ts', { one: PASS, two: PASS });
const b = storedFile('b.spec.ts', { three: { ...PASS, verdict: 'skip' } });

const cell = { kernel: 'k', config: 'c', cgroup: 'v1', agent: 'a', machine: 'qemu' } as const;

/** As in a run on 2026-11-25 with these known failures. */
function expecting(expectations: readonly Expectation[]): RecallOptions['isAsExpected'] {
  const options = { expectations, today: '2026-11-25T00:00:00.000Z' };
  return (test, result) => judge({ cell, test, ...result }, options).status === 'as-expected';
}

const known = (
  outcome: Expectation['outcome'],
  expires: string,
  signature?: string,
): Expectation => ({
  line: 1,
  where: {},
  tests: ['a.spec.ts'],
  outcome,
  ...(signature === undefined ? {} : { signatures: [signature] }),
  reason: 'known',
  expires,
});

function recall(stored: readonly StoredFile[], others: Partial<RecallOptions> = {}) {
  const recalled = recallCell({
    files: ['a.spec.ts', 'b.spec.ts'],
    stored: new Map(stored.map((one) => [one.file, one])),
    isWanted: () => true,
    isAsExpected: expecting([]),
    done: [],
    ...others,
  });
  return { ...recalled, names: recalled.tests.map(({ test }) => nameOf(test)) };
}

describe('recalling a cell', () => {
  it('leaves nothing to run if every result is still valid', () => {
    const { names, planned, isWhole } = recall([boots, a, b]);
    expect(isWhole).to.equal(true);
    expect(names).to.deep.equal([
      'boots:boots',
      'a.spec.ts:one',
      'a.spec.ts:two',
      'b.spec.ts:three',
    ]);
    expect(planned?.map(nameOf)).to.deep.equal(names.slice(1));
  });

  it('reuses nothing where nothing is stored', () => {
    expect(recall([])).to.deep.equal({ tests: [], names: [], isWhole: false });
  });

  it('leaves the tests of a changed file, which may be different ones by now', () => {
    const { names, planned, isWhole } = recall([boots, b]);
    expect({ names, planned, isWhole }).to.deep.equal({
      names: ['b.spec.ts:three'],
      planned: undefined,
      isWhole: false,
    });
  });

  it('lets `boots` run again if a guest is needed anyway', () => {
    const some = storedFile('a.spec.ts', { one: PASS, two: undefined });
    const { names, planned, isWhole } = recall([boots, some, b]);
    expect(names).to.deep.equal(['a.spec.ts:one', 'b.spec.ts:three']);
    expect(planned?.map(nameOf)).to.include('a.spec.ts:two');
    expect(isWhole).to.equal(false);
    expect(recall([a, b]).isWhole).to.equal(false);
  });

  for (const verdict of ['miss', 'error'] as const) {
    it(`never reuses a verdict ${verdict}, even if one is expected`, () => {
      const odd = storedFile('a.spec.ts', { one: { ...PASS, verdict }, two: PASS });
      const isAsExpected = () => true;
      const { names, isWhole } = recall([boots, odd, b], { isAsExpected });
      expect(names).to.deep.equal(['a.spec.ts:two', 'b.spec.ts:three']);
      expect(isWhole).to.equal(false);
    });
  }

  describe('judges by today’s expectations', () => {
    const hanging = [boots, storedFile('a.spec.ts', { one: HANG, two: HANG }), b];

    it('and reuses a failure that they know', () => {
      const isAsExpected = expecting([known('hang', '2026-11-25', HANG.signature)]);
      expect(recall(hanging, { isAsExpected }).isWhole).to.equal(true);
    });

    for (const [what, expectations] of [
      ['that is not as expected', []],
      ['whose expectation has expired', [known('hang', '2026-11-24', HANG.signature)]],
      ['that differs from the expected one', [known('hang', '2026-12-31', 'hang:Other')]],
    ] as const) {
      it(`and does not reuse a failure ${what}`, () => {
        const { names, isWhole } = recall(hanging, { isAsExpected: expecting(expectations) });
        expect(names).to.deep.equal(['b.spec.ts:three']);
        expect(isWhole).to.equal(false);
      });
    }

    it('and does not reuse a pass where a failure is now expected', () => {
      const isAsExpected = expecting([known('fail', '2026-12-31')]);
      expect(recall([boots, a, b], { isAsExpected }).names).to.deep.equal(['b.spec.ts:three']);
    });
  });

  it('reuses an expected failure to boot, after which there are no tests', () => {
    const failed = storedFile('boots', { boots: { ...PASS, verdict: 'boot-failure' } });
    const { names, planned, isWhole } = recall([failed, a, b], { isAsExpected: () => true });
    expect({ names, planned, isWhole }).to.deep.equal({
      names: ['boots:boots'],
      planned: undefined,
      isWhole: true,
    });
    expect(recall([failed, a, b]).isWhole).to.equal(false);
  });

  it('looks only at wanted tests, but always at `boots`', () => {
    const some = storedFile('a.spec.ts', { one: PASS, two: undefined });
    const isWanted = ({ title }: TestId): boolean => title === 'one';
    const { names, planned, isWhole } = recall([boots, some, b], { isWanted });
    expect(names).to.deep.equal(['boots:boots', 'a.spec.ts:one']);
    expect(planned?.map(nameOf)).to.deep.equal(['a.spec.ts:one']);
    expect(isWhole).to.equal(true);
  });

  it('leaves out what the run itself has results of, from before it was cut off', () => {
    const done = [BOOTS, { file: 'a.spec.ts', title: 'one' }];
    const { names, isWhole } = recall([boots, a, b], { done });
    expect(names).to.deep.equal(['a.spec.ts:two', 'b.spec.ts:three']);
    expect(isWhole).to.equal(true);
  });
});
