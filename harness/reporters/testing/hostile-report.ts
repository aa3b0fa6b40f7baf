import { type RunReport, reportSchema } from '../../report/schema.ts';

/** Words that a program chooses from, not texts. */
const FIXED = new Set([
  'verdict',
  'class',
  'status',
  'source',
  'from',
  'cgroup',
  'machineKind',
  'accelerator',
  'agentKind',
  'isolation',
  'missKind',
  'startedAt',
  'endedAt',
  'resumedAt',
  'time',
  'outcome',
  'change',
  'kind',
  'predicted',
  'totals',
  'version',
  'vouchedBy',
  'facts',
  'stopped',
  'without',
]);

/** What the user or kmx has named: these are plain words. */
export const USERS_OWN: readonly string[] = [
  ...['id', 'kernel', 'config', 'agent', 'cell', 'name', 'run', 'profile', 'machine'],
  ...['expectationsFile', 'expires', 'where', 'tests', 'signature', 'signatures'],
];

/**
 * A report with a text put into every text of it: before, in the middle of and after what it says. Names that
 * belong together still do.
 * @param kept Names of fields that stay as they are.
 */
export function hostileReport(
  report: RunReport,
  text: string,
  kept: readonly string[] = [],
): RunReport {
  const spoil = (value: unknown, key: string): unknown => {
    const isKept = FIXED.has(key) || (kept.includes(key) && !isListOfObjects(value));
    if (isKept) return value;
    if (typeof value === 'string') {
      const half = Math.floor(value.length / 2);
      return `${text}${value.slice(0, half)}${text}${value.slice(half)}${text}`;
    }
    if (Array.isArray(value)) return value.map((item) => spoil(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, spoil(part, name)]),
    );
  };
  return spoil(structuredClone(report), '') as RunReport;
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === 'object';
}

/** A report that says everything that one can say. */
export function fullReport(report: RunReport): RunReport {
  const copy = structuredClone(report);
  const [cell] = copy.cells;
  const [test] = cell?.tests ?? [];
  if (cell === undefined || test === undefined) throw new Error('Expected a cell with a test');
  const { verdict, durationMs, findings } = test;
  const again = { verdict: 'fail', durationMs, findings, detail: { message: 'once' } } as const;
  Object.assign(test, {
    startMs: 1000,
    isFlaky: true,
    cached: { run: '20261123-101500-0001', time: '2026-11-23T10:15:00Z' },
    attempts: [again, { verdict, durationMs, findings }],
  });
  cell.notes.push('the template was made again');
  copy.baseline = {
    run: '20261123-101500-0001',
    startedAt: '2026-11-23T10:15:00Z',
    from: 'latest',
    inputs: [
      { kind: 'kernel', name: 'debian-6.12', before: '6.12.1', now: '6.12.2', details: [] },
      { kind: 'config', name: 'debian-6.12', details: ['CONFIG_CPUSETS_V1: y → n'], count: 9 },
    ],
    changes: [
      {
        change: 'new',
        now: { verdict: 'agent-panic', signature: 's2-0090c1bac4ab', why: 'called unwrap()' },
        before: { verdict: 'pass', why: '' },
        hits: [{ cell: cell.id, test: { file: test.file, title: test.title } }],
      },
      {
        change: 'lost',
        before: { verdict: 'pass', why: '' },
        hits: [{ cell: cell.id, test: { file: 'gone.spec.ts', title: 'is gone' } }],
      },
    ],
    missing: ['the configuration of debian-6.1 is not known'],
  };
  copy.expectationsFile = 'expectations.yaml';
  const expectation = {
    where: {},
    outcome: 'fail',
    reason: 'known',
    expires: '2027-01-01',
  } as const;
  copy.expectations.push(
    { ...expectation, line: 3, title: 'gone', status: 'stale', matched: 0 },
    { ...expectation, line: 9, title: 'old', status: 'met', matched: 2, link: 'https://x.test/1' },
    { ...expectation, line: 15, signatures: ['s2-1'], status: 'expired', matched: 1 },
  );
  return reportSchema.parse(copy);
}
