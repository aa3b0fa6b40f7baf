/** A report for tests of its page: every verdict, expectations of every kind, and a baseline. */
import type { RunEvent } from '../../events.ts';
import type { BaselineReport } from '../../report/baseline-schema.ts';
import { createReportFold } from '../../report/fold-report.ts';
import type { CellReport, RunReport } from '../../report/schema.ts';
import { LOOSE, PANIC } from '../../report/testing/sample-ends.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';

type RunBegin = Extract<RunEvent, { readonly type: 'run-begin' }>;

/** Of the sample run, in which an unguarded agent panics on 6.12 in two cells. */
const EXPECTATIONS: RunBegin['expectations'] = [
  {
    line: 3,
    where: { kernel: ['debian-6.12'], cgroup: ['v1'], agent: ['unguarded'] },
    tests: ['lifecycle/**'],
    outcome: 'agent-panic',
    signatures: [PANIC.signature],
    title: PANIC.title,
    reason: 'kernel 6.12 has no v1 cpuset by default, and the agent takes it for granted',
    link: 'https://example.org/issues/10603',
    owner: '@runtime',
    expires: '2026-08-09',
  },
  {
    line: 12,
    where: { kernel: ['debian-6.1'], cgroup: ['v1'], agent: ['guarded'] },
    tests: ['memory/**'],
    outcome: 'fail',
    reason: 'fixed since',
    expires: '2027-01-01',
  },
  {
    line: 19,
    where: { kernel: ['debian-5.4'] },
    outcome: 'hang',
    signatures: ['s2-000000000000'],
    reason: 'of a kernel that is no longer tested',
    expires: '2027-01-01',
  },
];

export function createSampleReport(): RunReport {
  const report = foldSample(EXPECTATIONS);
  return { ...report, cells: report.cells.map(enrich), baseline: createSampleBaseline(report) };
}

/** Everything as expected, and nothing to say. */
export function createGoodReport(): RunReport {
  const report = foldSample([]);
  const cells = report.cells.filter(({ verdict }) => verdict === 'pass').slice(0, 2);
  const quiet = cells.map((cell) => ({ ...cell, findings: [] }));
  const totals = { pass: quiet.reduce((sum, { tests }) => sum + tests.length, 0) };
  return {
    ...report,
    ...{ cells: quiet, totals, crashes: [], failures: [], missingKernels: [] },
  };
}

function foldSample(expectations: RunBegin['expectations']): RunReport {
  const fold = createReportFold();
  for (const event of createSampleRun()) fold.push(withExpectations(event, expectations));
  return fold.report();
}

function withExpectations(event: RunEvent, expectations: RunBegin['expectations']): RunEvent {
  if (event.type !== 'run-begin') return event;
  return {
    ...event,
    ...{ expectations, expectationsFile: 'expectations.yaml', isWholeMatrix: true },
    profile: 'nightly',
  };
}

/** One cell is from an earlier run, one has a flaky test, one a note. */
function enrich(cell: CellReport, index: number): CellReport {
  if (index === 0) {
    const cached = { run: '20260731-100000-beef', time: '2026-07-31T10:00:00.000Z' };
    return { ...cell, tests: cell.tests.map((test) => ({ ...test, cached })) };
  }
  if (index !== 1) return cell;
  const [boots, first, ...others] = cell.tests;
  if (boots === undefined || first === undefined) return cell;
  const { file, title, judgement: _, ...attempt } = first;
  const attempts = [attempt, { ...attempt, verdict: 'fail' as const }];
  const flaky = { ...first, attempts, isFlaky: true as const };
  return {
    ...cell,
    notes: ['a saved guest was damaged and was made anew'],
    tests: [boots, flaky, ...others],
  };
}

function createSampleBaseline({ crashes, cells }: RunReport): BaselineReport {
  const panic = crashes.find(({ signature }) => signature === PANIC.signature);
  const [fixed, lost] = cells;
  const test = { file: 'cpuset/pinning.spec.ts', title: 'cpuset › pins a container to one CPU' };
  return {
    run: '20260731-100000-beef',
    startedAt: '2026-07-31T10:00:00.000Z',
    from: 'latest',
    inputs: [
      { kind: 'agent', name: 'unguarded', before: '4.0.0', now: '4.1.0', details: [] },
      {
        ...{ kind: 'config', name: 'debian-6.12', before: 'sha256:1', now: 'sha256:2' },
        ...{ details: ['CPUSETS_V1 y → n', 'MEMCG_V1 y → n'], count: 9 },
      },
      { kind: 'kmx', before: '0.1.0', now: '0.2.0', details: [] },
    ],
    changes: [
      {
        change: 'new',
        now: { verdict: 'agent-panic', signature: PANIC.signature, why: PANIC.title },
        before: { verdict: 'pass', why: '' },
        hits: (panic?.hits ?? []).filter(({ isExpected }) => isExpected !== true),
      },
      {
        change: 'changed',
        now: { verdict: 'kernel-oops', signature: LOOSE.signature, why: LOOSE.title },
        before: { verdict: 'hang', why: 'PauseContainer got no answer within 5000 ms' },
        hits: [{ cell: cells[3]?.id ?? '' }],
      },
      {
        change: 'lost',
        now: { verdict: 'skip', why: 'needs memory, which the guest does not offer' },
        before: { verdict: 'pass', why: '' },
        hits: [{ cell: lost?.id ?? '', test }],
      },
      {
        change: 'fixed',
        now: { verdict: 'pass', why: '' },
        before: { verdict: 'fail', signature: 's2-0123456789ab', why: 'expected 7 to equal 0' },
        hits: [{ cell: fixed?.id ?? '', test }],
      },
    ],
    missing: ['the baseline has no kernel configurations: symbols are not compared'],
  };
}
