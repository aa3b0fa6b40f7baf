import { expect } from 'chai';
import fc from 'fast-check';
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import { compare } from './compare.ts';
import { createKnowledge } from './knowledge.ts';
import { findMachineDifferences } from './machine-differences.ts';
import { describeMachineDifference } from './phrases.ts';
import { selectAxis } from './select-columns.ts';
import { type MadeCell, made, makeRun } from './testing/made-run.ts';

const knowledge = createKnowledge(new Map(), [], new Map());
const RELEASE = '6.18.44';

const inQemu = (others: Partial<MadeCell> = {}): MadeCell => ({
  ...{ kernel: 'own-6.18', cgroup: 'hybrid', release: RELEASE, tests: [made('pass', 'quota')] },
  builds: { machine: 'QEMU 7.2.22 (tcg)' },
  ...others,
});
const inContainer = (others: Partial<MadeCell> = {}): MadeCell =>
  inQemu({
    ...{ kernel: 'host', machine: 'container', tests: [made('fail', 'quota')] },
    builds: { machine: 'Docker 20.10.24' },
    ...others,
  });

describe('the same kernel on several machines', () => {
  it('is compared by its release, whatever it is called', () => {
    const run = makeRun([
      inQemu(),
      inContainer(),
      inQemu({ kernel: 'debian-6.1', release: '6.1' }),
    ]);
    const { columns, groups, tests } = compare(selectAxis(run, 'machine', []), { knowledge });
    expect(columns.map(({ name }) => name)).to.deep.equal(['qemu', 'container']);
    expect(tests).to.deep.include({ compared: 1, alone: 1 });
    expect(groups.map(({ places }) => places)).to.deep.equal([
      [
        {
          where: `${RELEASE}+default+hybrid+a`,
          cells: ['own-6.18+default+hybrid+a', 'host+default+hybrid+a'],
          tests: [{ file: 'x.spec.ts', title: 'quota' }],
        },
      ],
    ]);
    expect(groups[0]?.reasons.map(({ text }) => text)).to.deep.equal([
      'another machine: Docker 20.10.24',
    ]);
    expect(groups[0]?.isTold).to.equal(true);
  });

  it('is compared by its name where a machine has several of that release', () => {
    const run = makeRun([
      inQemu(),
      inQemu({ machine: 'qemu-10' }),
      inQemu({ kernel: 'patched-6.18' }),
      inQemu({ kernel: 'patched-6.18', machine: 'qemu-10', tests: [made('hang', 'quota')] }),
    ]);
    const { groups, tests } = compare(selectAxis(run, 'machine', []), { knowledge });
    expect(tests).to.include({ compared: 2, same: 1 });
    expect(groups[0]?.places[0]?.cells).to.deep.equal([
      'patched-6.18+default+hybrid+a',
      'patched-6.18+default+hybrid+a+qemu-10',
    ]);
  });

  it('keeps its machines apart where something else is compared', () => {
    const run = makeRun(
      ['k1', 'k2'].flatMap((kernel) =>
        ['qemu', 'qemu-10'].map((machine) => inQemu({ kernel, machine })),
      ),
    );
    const { tests } = compare(selectAxis(run, 'kernel', []), { knowledge });
    expect(tests).to.include({ compared: 2, same: 2 });
  });

  it('makes a finding about the harness of each test that ends otherwise, and of nothing else', () => {
    const run = makeRun([
      inQemu({ tests: ['a', 'b', 'c', 'd'].map((name) => made('pass', name)) }),
      inContainer({
        tests: [made('fail', 'a'), made('fail', 'b'), made('skip', 'c'), made('pass', 'd')],
      }),
      inContainer({ kernel: 'other', release: '6.1', tests: [made('fail', 'd')] }),
      inContainer({ cgroup: 'v2', tests: [made('fail', 'd')] }),
    ]);
    const found = compare(selectAxis(run, 'machine', []), { knowledge }).byMachine ?? [];
    expect(found).to.have.length(1);
    expect(found[0]).to.deep.include({ verdicts: ['pass', 'fail'], release: RELEASE });
    expect(found[0]?.tests.map(({ title }) => title)).to.deep.equal(['a', 'b']);
    expect(found.map(describeMachineDifference)).to.deep.equal([
      '6.18.44, default+hybrid+a: pass on qemu and fail on container: 2 tests',
    ]);
    expect(findMachineDifferences([makeRun([inQemu(), inQemu({ agent: 'b' })])])).to.deep.equal([]);
  });

  it('is told whenever two machines measured a test, and do not agree', () => {
    const verdict = fc.constantFrom<Verdict>(...VERDICTS);
    const isMeasured = (one: Verdict) => one !== 'skip' && one !== 'miss';
    fc.assert(
      fc.property(verdict, verdict, (one, other) => {
        const run = makeRun([
          inQemu({ tests: [made(one, 'quota')] }),
          inContainer({ tests: [made(other, 'quota')] }),
        ]);
        const isFinding = one !== other && isMeasured(one) && isMeasured(other);
        expect(findMachineDifferences([run])).to.have.length(isFinding ? 1 : 0);
      }),
    );
  });
});
