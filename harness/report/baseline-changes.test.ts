import { expect } from 'chai';
import fc from 'fast-check';
import { anyText } from '../testing/any-text.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { type BaselineChanges, changesSince, type Scope } from './baseline-changes.ts';
import { packResults, unpackResults } from './baseline-pack.ts';
import type { CellReport } from './schema.ts';
import { standingTests } from './standing-results.ts';
import { type MadeTest, makeCell, makePanic } from './testing/made-cells.ts';

const SAME: Scope = { isSame: true, isInterrupted: { before: false, now: false } };
const OTHER: Scope = { ...SAME, isSame: false };
const PANIC = makePanic('one');
const OTHER_PANIC = makePanic('another');

function panic(finding = PANIC, others: Partial<MadeTest> = {}): MadeTest {
  const { signature } = finding;
  return { verdict: 'agent-panic', signature, findings: [finding], ...others };
}

function compare(
  before: readonly CellReport[],
  now: readonly CellReport[],
  scope = SAME,
): BaselineChanges {
  const cells = before.map((cell) => ({ id: cell.id, tests: standingTests(cell) }));
  return changesSince(unpackResults(packResults(cells)), now, scope);
}

/** `new 2, fixed 1`: kinds of change, and in how many tests. */
function summarize({ changes }: BaselineChanges): string {
  return changes.map(({ change, hits }) => `${change} ${hits.length}`).join(', ');
}

/** What becomes of one test; `undefined`: the run does not have it. */
function changeOf(before: MadeTest | undefined, now: MadeTest | undefined, scope = SAME): string {
  const cellOf = (test: MadeTest | undefined) => [makeCell(test === undefined ? [] : [test])];
  return summarize(compare(cellOf(before), cellOf(now), scope));
}

const PASS: MadeTest = { verdict: 'pass' };
const SKIP: MadeTest = { verdict: 'skip' };
const MISS: MadeTest = { verdict: 'miss', missKind: 'host' };
const FAIL: MadeTest = { verdict: 'fail', signature: 's2-fail' };

describe('a result and the baseline', () => {
  const rows: readonly (readonly [string, MadeTest | undefined, MadeTest | undefined, string])[] = [
    ['a failure of what passed is new', PASS, panic(), 'new 1'],
    ['a failure of what was skipped is new', SKIP, panic(), 'new 1'],
    ['a failure of what could not be measured is new', MISS, panic(), 'new 1'],
    ['a failure of what was not run is new', undefined, panic(), 'new 1'],
    ['a failure that was there is no news', panic(), panic(), ''],
    ['another panic is a change', panic(), panic(OTHER_PANIC), 'changed 1'],
    ['another verdict is a change', FAIL, panic(), 'changed 1'],
    ['a pass of what failed is fixed', panic(), PASS, 'fixed 1'],
    ['a pass of what was skipped is added', SKIP, PASS, 'added 1'],
    ['a pass of what could not be measured is added', MISS, PASS, 'added 1'],
    ['a pass of what was not run is added', undefined, PASS, 'added 1'],
    ['a skip of what passed is lost', PASS, SKIP, 'lost 1'],
    ['a skip of what failed is lost, not fixed', panic(), SKIP, 'lost 1'],
    ['a miss of what passed is lost, not new', PASS, MISS, 'lost 1'],
    ['a miss of what failed is lost, not fixed', panic(), MISS, 'lost 1'],
    ['what is gone from the plan is lost', PASS, undefined, 'lost 1'],
    ['what failed and is gone from the plan is lost, not fixed', panic(), undefined, 'lost 1'],
    ['a miss of what was a miss is no news', MISS, MISS, ''],
    ['a miss of what was skipped is no news', SKIP, MISS, ''],
    ['a miss of what was not run is no news', undefined, MISS, ''],
    ['a skip of what was not run is no news', undefined, SKIP, ''],
    ['a skip that is gone is no news', SKIP, undefined, ''],
    ['a skip for another reason is no news', SKIP, { ...SKIP, why: 'other' }, ''],
  ];
  for (const [title, before, now, expected] of rows) {
    it(title, () => expect(changeOf(before, now)).to.equal(expected));
  }

  it('a crash that comes beside a known one is a change, and one less is none', () => {
    const both = panic(PANIC, { findings: [PANIC, OTHER_PANIC] });
    expect(changeOf(panic(), both)).to.equal('changed 1');
    expect(changeOf(both, panic())).to.equal('');
    const [change] = compare([makeCell([panic()])], [makeCell([both])]).changes;
    expect(change?.now?.why).to.include(`; also ${OTHER_PANIC.title}`);
  });

  it('failures without a signature are the same if they say the same', () => {
    const fail = (why: string): MadeTest => ({ verdict: 'fail', why });
    expect(changeOf(fail('a'), fail('a'))).to.equal('');
    expect(changeOf(fail('a'), fail('b'))).to.equal('changed 1');
  });
});

describe('a baseline whose signatures an earlier version computed', () => {
  const old = (finding: typeof PANIC): MadeTest =>
    panic({ ...finding, signature: finding.signature.replace(/^s\d+/, 's1') });

  it('has the same failures if they say the same', () => {
    expect(changeOf(old(PANIC), panic())).to.equal('');
    expect(changeOf(old(OTHER_PANIC), panic())).to.equal('changed 1');
  });
});

describe('crashes outside of tests and the baseline', () => {
  const calm = makeCell([PASS]);
  const crashed = makeCell([PASS], { loose: [PANIC] });

  it('are new and fixed like any other, without a test', () => {
    const [change] = compare([calm], [crashed]).changes;
    expect(change).to.deep.include({ change: 'new', hits: [{ cell: calm.id }] });
    expect(summarize(compare([crashed], [calm]))).to.equal('fixed 1');
    expect(summarize(compare([crashed], [crashed]))).to.equal('');
  });

  it('are no news if a test of the cell had the same crash before', () => {
    const inTest = makeCell([panic()]);
    expect(summarize(compare([inTest], [crashed]))).to.equal('fixed 1');
    expect(summarize(compare([crashed], [inTest]))).to.equal('new 1');
  });

  it('are told even where another one was there before', () => {
    const both = makeCell([PASS], { loose: [PANIC, OTHER_PANIC] });
    expect(summarize(compare([crashed], [both]))).to.equal('changed 1');
  });

  it('do not count as tests of a cell that came or went', () => {
    expect(summarize(compare([], [makeCell([PASS])]))).to.equal('added 2');
    expect(summarize(compare([makeCell([PASS])], []))).to.equal('lost 2');
    expect(summarize(compare([], [crashed]))).to.equal('new 1, added 2');
  });
});

describe('causes of changes', () => {
  const titled = (titles: string, test: MadeTest): readonly MadeTest[] =>
    [...titles].map((title) => ({ ...test, title }));

  it('are listed once each, however many tests they hit, the gravest first', () => {
    const before = makeCell([...titled('abc', PASS), ...titled('d', FAIL), ...titled('e', PASS)]);
    const now = makeCell([
      ...titled('ab', panic()),
      ...titled('c', FAIL),
      ...titled('d', PASS),
      ...titled('e', SKIP),
    ]);
    const { changes } = compare([before], [now]);
    expect(
      changes.map(({ change, now: after, hits }) => [change, after?.verdict, hits.length]),
    ).to.deep.equal([
      ['new', 'agent-panic', 2],
      ['new', 'fail', 1],
      ['lost', 'skip', 1],
      ['fixed', 'pass', 1],
    ]);
  });

  it('say what was before only where it was the same everywhere', () => {
    const now = makeCell(titled('ab', panic()));
    const beforeOf = (before: readonly MadeTest[]) => compare([makeCell(before)], [now]).changes[0];
    expect(beforeOf(titled('ab', PASS))?.before?.verdict).to.equal('pass');
    expect(beforeOf([...titled('a', PASS), ...titled('b', SKIP)])).not.to.have.property('before');
    expect(beforeOf([])).not.to.have.property('before');
  });

  it('say in how many other tests the baseline had them', () => {
    const before = makeCell([...titled('ab', panic()), ...titled('c', PASS)]);
    const now = makeCell(titled('abc', panic()));
    expect(compare([before], [now]).changes[0]).to.deep.include({ change: 'new', elsewhere: 2 });
    const fresh = compare([makeCell([PASS])], [makeCell([panic()])]).changes[0];
    expect(fresh).not.to.have.property('elsewhere');
  });

  it('that expectations cover are marked, and come after the others', () => {
    const before = makeCell(titled('ab', PASS));
    const now = makeCell([
      { ...panic(), title: 'a', isExpected: true },
      { ...FAIL, title: 'b' },
    ]);
    const { changes } = compare([before], [now]);
    expect(changes.map(({ hits }) => hits[0]?.isExpected)).to.deep.equal([undefined, true]);
  });
});

describe('cells that did not come up', () => {
  const whole = makeCell([PASS]);
  const down = makeCell([], { boots: { verdict: 'boot-failure' } });

  it('lose their tests, which are neither gone from the plan nor fixed', () => {
    const { changes } = compare([whole], [down]);
    expect(changes.map(({ change, now }) => [change, now?.verdict])).to.deep.equal([
      ['new', 'boot-failure'],
      ['lost', 'miss'],
    ]);
    expect(summarize(compare([down], [whole]))).to.equal('fixed 1, added 1');
  });

  it('lose them as expected if that is how they are expected to end', () => {
    const known = makeCell([], { boots: { verdict: 'boot-failure', isExpected: true } });
    const { changes } = compare([whole], [known]);
    expect(changes.flatMap(({ hits }) => hits.map(({ isExpected }) => isExpected))).to.deep.equal([
      true,
      true,
    ]);
  });
});

describe('runs that were not to run the same', () => {
  it('are compared by what both have', () => {
    const [one, other] = ['one', 'other'].map((id) => makeCell([PASS], { id }));
    const shared = makeCell([PASS], { id: 'shared' });
    const crashed = makeCell([panic()], { id: 'shared' });
    if (one === undefined || other === undefined) throw new Error('Expected two cells');
    const found = compare([one, shared], [other, crashed], OTHER);
    expect(summarize(found)).to.equal('new 1');
    expect(found.outOfScope).to.equal(4);
  });

  it('still tell of a failure that nothing is known of, unless it is expected', () => {
    expect(changeOf(undefined, panic(), OTHER)).to.equal('new 1');
    expect(changeOf(undefined, panic(PANIC, { isExpected: true }), OTHER)).to.equal('');
    expect(changeOf(undefined, panic(PANIC, { isExpected: true }))).to.equal('new 1');
  });
});

describe('runs that ended early', () => {
  const cut = (side: 'before' | 'now'): Scope => ({
    ...SAME,
    isInterrupted: { ...SAME.isInterrupted, [side]: true },
  });
  const UNTRIED: MadeTest = { verdict: 'miss' };

  it('have lost nothing that they did not get to', () => {
    for (const now of [UNTRIED, { ...UNTRIED, missKind: 'stopped' } as const, undefined]) {
      expect(changeOf(PASS, now, cut('now'))).to.equal('');
    }
    const { unreached } = compare([makeCell([PASS])], [makeCell([UNTRIED])], cut('now'));
    expect(unreached).to.deep.equal({ before: 0, now: 1 });
  });

  it('have lost what they tried and could not measure', () => {
    expect(changeOf(PASS, MISS, cut('now'))).to.equal('lost 1');
  });

  it('say nothing as a baseline of what they did not get to, and a failure there is new', () => {
    expect(changeOf(UNTRIED, PASS, cut('before'))).to.equal('');
    expect(changeOf(undefined, PASS, cut('before'))).to.equal('');
    expect(changeOf(UNTRIED, panic(), cut('before'))).to.equal('new 1');
    expect(changeOf(panic(), PASS, cut('before'))).to.equal('fixed 1');
  });
});

const verdicts = fc.constantFrom<Verdict>('pass', 'skip', 'miss', 'fail', 'agent-panic', 'error');
const test = fc.record({
  title: fc.constantFrom('a', 'b', 'c', 'd'),
  verdict: verdicts,
  why: fc.oneof(fc.constantFrom('x', 'y'), anyText()),
});
const tests = fc.uniqueArray(test, { selector: ({ title }) => title });
const cells = fc
  .uniqueArray(fc.tuple(fc.constantFrom('k', 'l', 'm'), tests), { selector: ([id]) => id })
  .map((all) => all.map(([id, own]) => makeCell(own, { id })));

describe('any two runs', () => {
  it('differ in nothing if they are the same', () => {
    fc.assert(
      fc.property(cells, fc.boolean(), (own, isSame) => {
        expect(compare(own, own, { ...SAME, isSame }).changes).to.deep.equal([]);
      }),
    );
  });

  it('differ the other way round if they are swapped', () => {
    const verdictsOf = (run: readonly CellReport[]) =>
      new Map(
        run.flatMap(({ id, tests: all }) =>
          all.map(({ title, verdict }) => [`${id} ${title}`, verdict] as const),
        ),
      );
    const kindsOf = ({ changes }: BaselineChanges) =>
      new Map(
        changes.flatMap(({ change, hits }) =>
          hits.map(({ cell, test: id }) => [`${cell} ${id?.title}`, change] as const),
        ),
      );
    fc.assert(
      fc.property(cells, cells, (one, other) => {
        const there = kindsOf(compare(one, other));
        const back = kindsOf(compare(other, one));
        const before = verdictsOf(one);
        expect([...back.keys()].toSorted()).to.deep.equal([...there.keys()].toSorted());
        for (const [name, kind] of there) {
          const wasMeasured = !['miss', 'skip', undefined].includes(before.get(name));
          const mirrored = {
            new: wasMeasured ? 'fixed' : 'lost',
            changed: 'changed',
            lost: before.get(name) === 'pass' ? 'added' : 'new',
            fixed: 'new',
            added: 'lost',
          }[kind];
          expect(back.get(name), name).to.equal(mirrored);
        }
      }),
    );
  });

  it('name each test in one change at most, and only tests that one of them has', () => {
    fc.assert(
      fc.property(cells, cells, fc.boolean(), (one, other, isSame) => {
        const { changes } = compare(one, other, { ...SAME, isSame });
        const hits = changes.flatMap((change) => change.hits);
        const names = hits.map(({ cell, test: id }) => JSON.stringify([cell, id]));
        expect(new Set(names).size).to.equal(names.length);
        const known = new Set(
          [...one, ...other].flatMap(({ id: cell, tests: all }) =>
            all.map(({ file, title }) => JSON.stringify([cell, { file, title }])),
          ),
        );
        for (const name of names) expect(known.has(name)).to.equal(true);
      }),
    );
  });
});
