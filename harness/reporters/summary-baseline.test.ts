import { expect } from 'chai';
import picocolors from 'picocolors';
import type { BaselineReport, ChangeReport } from '../report/baseline-schema.ts';
import { isAsExpected } from '../report/expected.ts';
import { HOSTILE } from '../report/testing/sample-ends.ts';
import { renderBaseline } from './summary-baseline.ts';
import { describeOutcome } from './summary-outcome.ts';
import { foldEvents, sampleRuns } from './testing/runs.ts';

const options = { colors: picocolors.createColors(false), folder: 'reports/latest' };

const BASELINE: BaselineReport = {
  run: '20260731-031200-92a3',
  startedAt: '2026-07-31T03:12:00.000Z',
  from: 'reports/20260731-031200-92a3',
  inputs: [
    { kind: 'agent', name: 'mine', before: 'sha256:aaa', now: 'sha256:bbb', details: [] },
    {
      kind: 'config',
      name: 'debian-6.18',
      before: 'sha256:c',
      now: 'sha256:d',
      details: ['CONFIG_CPUSETS_V1: y → not set'],
      count: 7,
    },
  ],
  changes: [
    {
      change: 'new',
      now: { verdict: 'agent-panic', signature: 's2-3344fd340255', why: 'unwrap on a None' },
      before: { verdict: 'pass', why: '' },
      elsewhere: 3,
      hits: [
        { cell: 'one', test: { file: 'cpu.spec.ts', title: 'CPU › a quota' } },
        { cell: 'two', test: { file: 'cpu.spec.ts', title: 'CPU › a quota' } },
      ],
    },
    {
      change: 'new',
      now: { verdict: 'kernel-oops', signature: 's2-0', why: 'WARNING in css_free' },
      hits: [{ cell: 'one', isExpected: true }],
    },
    {
      change: 'changed',
      now: { verdict: 'hang', signature: 's2-1', why: 'CreateContainer' },
      before: { verdict: 'fail', signature: 's2-2', why: 'divided by 2' },
      hits: [{ cell: 'one', test: { file: 'a.spec.ts', title: 'a' } }],
    },
    {
      change: 'lost',
      now: { verdict: 'skip', why: 'needs v1/cpuset' },
      before: { verdict: 'pass', why: '' },
      hits: [{ cell: 'one', test: { file: 'b.spec.ts', title: 'b' } }],
    },
    {
      change: 'fixed',
      now: { verdict: 'pass', why: '' },
      before: { verdict: 'fail', signature: 's2-5', why: 'CPU shares' },
      hits: [{ cell: 'one', test: { file: 'c.spec.ts', title: 'c' } }],
    },
    {
      change: 'added',
      now: { verdict: 'pass', why: '' },
      hits: [{ cell: 'three', test: { file: 'd.spec.ts', title: 'd' } }],
    },
  ],
  missing: ['symbols of debian-7.3 are not compared: there is no folder'],
};

const text = (baseline: BaselineReport) => renderBaseline({ baseline }, options).join('\n');

describe("the summary's part on the baseline", () => {
  it('says what changed, each cause once, then what the runs were made from', () => {
    expect(text(BASELINE)).to.equal(
      `
Since 20260731-031200-92a3 (reports/20260731-031200-92a3): 2 new, 1 changed, 1 test lost, 1 fixed, 1 test added
  new  agent-panic  unwrap on a None  s2-3344fd340255
    2 tests of 2 cells, passed before, the baseline had the same in 3 other tests: one, two
      CPU: a quota
  new  kernel-oops  WARNING in css_free  s2-0
    outside of tests, 1 cell, as expected: one
  changed  hang  CreateContainer  s2-1
    before: fail divided by 2 s2-2
    1 test of 1 cell: one
      a
  lost  skipped now: needs v1/cpuset
    1 test of 1 cell: one
      b
  fixed  fail  CPU shares  s2-5
    1 test of 1 cell: one
      c
  added  not part of the baseline
    1 test of 1 cell: three
      d
  Inputs that changed
    agent mine: sha256:aaa → sha256:bbb
    config debian-6.18: sha256:c → sha256:d (7 symbols)
      CONFIG_CPUSETS_V1: y → not set
      … and 6 more
  symbols of debian-7.3 are not compared: there is no folder
`.trim(),
    );
  });

  it('says in one line that nothing changed', () => {
    expect(text({ ...BASELINE, inputs: [], changes: [], missing: [] })).to.equal(
      'Since 20260731-031200-92a3 (reports/20260731-031200-92a3): no result changed, and no input',
    );
  });

  it('is not there without a baseline', () => {
    expect(renderBaseline({}, options)).to.deep.equal([]);
  });

  it('shows ten causes and says how many more there are', () => {
    const [change] = BASELINE.changes;
    if (change === undefined) throw new Error('Expected a change');
    const many = text({ ...BASELINE, changes: Array.from({ length: 14 }, () => change) });
    expect(many.match(/^ {2}new/gm)).to.have.length(10);
    expect(many).to.include('  … and 4 more: see reports/latest/report.json\n');
  });

  it('lets nothing reach the terminal raw', () => {
    const hostile = JSON.parse(JSON.stringify(BASELINE), (key, value) =>
      typeof value === 'string' && !['change', 'verdict', 'kind'].includes(key) ? HOSTILE : value,
    ) as BaselineReport;
    expect(text(hostile)).not.to.match(/[^\P{Cc}\n]|[\u202e\ufffe]|\p{Cs}/u);
    expect(text(hostile)).not.to.match(/^::/m);
  });
});

describe('the last sentence of a run that is to fail on what is new', () => {
  const sample = foldEvents(sampleRuns()[0]?.[1] ?? []);
  const last = (baseline: BaselineReport, outcome: 'good' | 'bad', more: object = {}) =>
    describeOutcome({ ...sample, failOn: 'new', baseline, ...more }, outcome, 'kmx run --resume x');

  /** The same, with tests that went wrong in this run. */
  const [one, two, ...others] = sample.cells.flatMap(({ id: cell, tests }) =>
    tests
      .filter((test) => !isAsExpected(test))
      .map(({ file, title }) => ({ cell, test: { file, title } })),
  );
  if (one === undefined || two === undefined) throw new Error('Expected unexpected results');
  const hits: Readonly<Record<string, ChangeReport['hits']>> = {
    'agent-panic': [one, two],
    hang: others.slice(0, 1),
  };
  const changes = BASELINE.changes.map((change) => ({
    ...change,
    hits: hits[change.now?.verdict ?? ''] ?? change.hits,
  }));

  it('says what is new, or that nothing is, and what else went wrong', () => {
    expect(last({ ...BASELINE, changes }, 'bad')).to.equal(
      '1 new agent-panic, 1 changed hang since 20260731-031200-92a3 in 42 tests of 10 cells; 7 other tests not as expected are not new: exit code 1.',
    );
    expect(last({ ...BASELINE, changes: [] }, 'good')).to.equal(
      'Nothing new since 20260731-031200-92a3 in 42 tests of 10 cells; 10 tests not as expected are not new: exit code 0.',
    );
  });
});
