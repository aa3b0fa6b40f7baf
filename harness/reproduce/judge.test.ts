import { expect } from 'chai';
import { makeFinding } from '../verdict/finding.ts';
import { judgeTry, summarize, type Tried, type TriedResult, type TryOutcome } from './judge.ts';
import type { Original } from './original.ts';

const panicAt = (line: number) =>
  makeFinding({
    class: 'agent-panic',
    title: `called Option::unwrap() on a None value at unguarded.rs:${line}`,
    place: `unguarded.rs:${line}`,
    source: 'agent-stderr',
    start: 0,
    end: 1,
    excerpt: '',
  });
const panicked = (line: number): TriedResult => {
  const finding = panicAt(line);
  return { verdict: 'agent-panic', signature: finding.signature, findings: [finding] };
};
const ORIGINAL: Original = {
  from: { kind: 'run', run: 'r', startedAt: '2026-11-30T00:00:00Z' },
  cell: 'k+default+v1+a',
  test: { file: 'a.spec.ts', title: 'works' },
  verdict: 'agent-panic',
  signatures: [panicAt(73).signature],
  title: panicAt(73).title,
};
const PASS: TriedResult = { verdict: 'pass', findings: [] };
const MISS: TriedResult = { verdict: 'miss', findings: [], detail: { message: 'QEMU died' } };

describe('a try to reproduce', () => {
  const outcome = (result: TriedResult, original = ORIGINAL) => judgeTry(original, result).outcome;

  it('has reproduced what has the same signature, even beside something worse', () => {
    expect(outcome(panicked(73))).to.equal('reproduced');
    const finding = makeFinding({
      ...{ class: 'kernel-panic', title: 'Fatal exception', source: 'console' },
      ...{ start: 0, end: 1, excerpt: '' },
    });
    const worse: TriedResult = {
      ...{ verdict: 'kernel-panic', signature: finding.signature },
      findings: [finding, panicAt(73)],
    };
    expect(outcome(worse)).to.equal('reproduced');
  });

  it('is told apart from another failure, from none, and from no measurement', () => {
    expect(judgeTry(ORIGINAL, panicked(81))).to.deep.equal({
      outcome: 'different',
      what: 'agent-panic called Option::unwrap() on a None value at unguarded.rs:81',
    });
    expect(outcome(PASS)).to.equal('did-not-happen');
    expect(outcome({ ...PASS, verdict: 'skip' })).to.equal('did-not-happen');
    expect(judgeTry(ORIGINAL, MISS)).to.deep.equal({
      ...{ outcome: 'not-measured', what: 'miss QEMU died' },
    });
  });

  it('goes by verdict and message where there is no signature, or one of an earlier version', () => {
    for (const signatures of [[], ['s1-0123456789ab']]) {
      const original = { ...ORIGINAL, signatures };
      expect(outcome(panicked(73), original)).to.equal('reproduced');
      expect(outcome(panicked(81), original)).to.equal('different');
      expect(outcome({ ...panicked(73), verdict: 'hang' }, original)).to.equal('different');
    }
    const { title: _, ...untold } = { ...ORIGINAL, signatures: [] };
    expect(outcome(panicked(81), untold)).to.equal('reproduced');
  });
});

describe('the last line', () => {
  const tried = (...outcomes: readonly TryOutcome[]): readonly Tried[] =>
    outcomes.map((outcome) => ({ outcome, what: `what ${outcome} was` }));
  const line = (...outcomes: readonly TryOutcome[]) => summarize(ORIGINAL, tried(...outcomes)).line;

  it('says what one try has shown', () => {
    expect(line('reproduced')).to.equal('reproduced: same signature');
    expect(line('different')).to.equal('different: what different was');
    expect(line('did-not-happen')).to.equal('did not happen (0 of 1)');
    expect(line('not-measured')).to.equal('not measured: what not-measured was');
    expect(line()).to.equal('not measured: nothing has run');
    const unsigned = { ...ORIGINAL, signatures: [] };
    expect(summarize(unsigned, tried('reproduced')).line).to.equal(
      'reproduced: same verdict and message',
    );
  });

  it('says of several tries how often it came: once is enough', () => {
    expect(line('did-not-happen', 'different', 'reproduced')).to.equal(
      'reproduced: same signature (1 of 3)',
    );
    expect(line('did-not-happen', 'different', 'different')).to.equal(
      'different: what different was (2 of 3)',
    );
    expect(line('did-not-happen', 'not-measured')).to.equal('did not happen (0 of 2)');
  });
});
