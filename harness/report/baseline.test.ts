import { expect } from 'chai';
import type { BaselineFacts, RunEvent } from '../events.ts';
import { makeFinding } from '../verdict/finding.ts';
import { packResults } from './baseline-pack.ts';
import { describeChanges, describeInput, nameInput } from './baseline-words.ts';
import { createReportFold } from './fold-report.ts';
import { headlineOf } from './headline.ts';
import { newHitsOf } from './new-hits.ts';
import { countOlder, countUnexpected, outcomeOf } from './outcome.ts';
import { problemsOf } from './problems.ts';
import type { RunReport } from './schema.ts';
import { standingTests } from './standing-results.ts';
import { HOSTILE, TESTS } from './testing/sample-ends.ts';
import { createSampleRun } from './testing/sample-run.ts';

const time = '2026-08-02T10:00:00.000Z';
const EVENTS = createSampleRun();
const [BEGIN, ...REST] = EVENTS;
if (BEGIN?.type !== 'run-begin') throw new Error('Expected the sample run to begin');
const begin = BEGIN;
const REPORT = createReportFold(EVENTS).report();

/** The sample run as a baseline. */
function baselineOf(report: RunReport, others: Partial<BaselineFacts> = {}): BaselineFacts {
  const { run, startedAt, profile, matrix, inputs = {}, host, kernels } = report;
  return {
    ...{ run, startedAt, from: `reports/${run}`, profile, matrix, inputs, host },
    isFiltered: false,
    isInterrupted: false,
    kernels: kernels.map(({ config: _, ...kernel }) => kernel),
    ...packResults(report.cells.map((cell) => ({ id: cell.id, tests: standingTests(cell) }))),
    ...others,
  };
}

type Begin = typeof begin;

function run(
  baseline: BaselineFacts,
  others: Partial<Begin> = {},
  rest: readonly RunEvent[] = REST,
): RunReport {
  return createReportFold([
    { ...begin, ...others },
    { type: 'baseline', time, baseline },
    ...rest,
  ]).report();
}

/** The rest of the sample run, in which a test that passed ends in a panic. */
function panicking(verdict: 'agent-panic' | 'miss' = 'agent-panic'): readonly RunEvent[] {
  const index = REST.findIndex(
    (event) => event.type === 'test-end' && event.verdict === 'pass' && event.test.file !== 'boots',
  );
  const event = REST[index];
  if (event?.type !== 'test-end') throw new Error('Expected a pass');
  const finding = makeFinding({
    class: 'agent-panic',
    title: HOSTILE,
    source: 'agent-stderr',
    start: 5,
    end: 6,
    excerpt: HOSTILE,
  });
  const end: RunEvent =
    verdict === 'miss'
      ? { ...event, verdict, detail: { message: 'QEMU died', missKind: 'machine' } }
      : { ...event, verdict, signature: finding.signature, findings: [finding] };
  return REST.with(index, end);
}

/** The sample run, in which the workers of these cells die before they have listed their tests. */
function dying(isDying: (cell: string) => boolean): readonly RunEvent[] {
  return REST.flatMap((event): readonly RunEvent[] => {
    if (!('cell' in event) || !isDying(event.cell)) return [event];
    const { cell } = event;
    const isOfTests = event.type === 'tests' || event.type === 'finding';
    const isOfOneTest = 'test' in event && event.test.file !== 'boots';
    if (isOfTests || isOfOneTest) return [];
    if (event.type !== 'cell-end') return [event];
    return [{ type: 'cell-failed', time, cell, message: 'its worker ended by SIGKILL' } as const];
  });
}

/** The sample run, in which every test of these cells is skipped. */
function skipping(isSkipping: (cell: string) => boolean): readonly RunEvent[] {
  const skip = { verdict: 'skip', detail: { message: 'needs memory' }, findings: [] } as const;
  return REST.flatMap((event): readonly RunEvent[] => {
    if (!('cell' in event) || !isSkipping(event.cell)) return [event];
    if (event.type === 'finding') return [];
    if (event.type !== 'test-end' || event.test.file === 'boots') return [event];
    const { signature: _, ...end } = event;
    return [{ ...end, ...skip }];
  });
}

describe('a run and its baseline', () => {
  const baseline = baselineOf(REPORT);

  it('have nothing to tell if they are the same', () => {
    expect(run(baseline).baseline).to.deep.include({ inputs: [], changes: [], missing: [] });
  });

  it('without a baseline there is no such part of the report', () => {
    expect(REPORT).not.to.have.property('baseline');
  });

  it('have the same section after the run was resumed', () => {
    const at = Math.floor(REST.length / 2);
    const kernels = REST.filter(({ type }) => type === 'kernel-end' || type === 'kernel-failed');
    const resumed = [
      ...REST.slice(0, at),
      { type: 'run-resumed', time } as const,
      ...kernels,
      ...REST.slice(at),
    ];
    expect(run(baseline, {}, resumed).baseline).to.deep.equal(run(baseline).baseline);
  });

  it('tell what a guest says on one printable line', () => {
    const { baseline: found } = run(baseline, {}, panicking());
    const [change] = found?.changes ?? [];
    expect(change?.change).to.equal('new');
    expect(change?.now?.why).not.to.match(/[^\P{Cc}]|[\u202e\ufffe]|\p{Cs}/u);
  });

  it('are compared by what both have if they are of different profiles', () => {
    const other = run(baselineOf(REPORT, { profile: 'nightly', cells: [] }));
    expect(other.baseline?.missing[0]).to.match(
      /^the baseline ran profile nightly, this run profile quick: \d+ tests that only one of them measured are not compared$/,
    );
    const filtered = { isFiltered: true, filter: 'CPU' };
    const less = { cells: begin.cells.slice(1) };
    expect(run(baseline, { ...filtered, ...less }).baseline?.missing[0]).to.include(
      'this run a part of profile quick, tests with "CPU"',
    );
    expect(
      run(baselineOf(REPORT, filtered), { ...filtered, ...less }).baseline?.missing[0],
    ).to.match(/^both ran a part of profile quick, tests with "CPU": \d+ tests/);
    expect(run(baseline, filtered).baseline?.missing).to.deep.equal([]);
  });
});

describe('what makes a run red that is to fail on what is new', () => {
  const baseline = baselineOf(REPORT);
  const outcome = (rest: readonly RunEvent[], others: Partial<Begin> = { failOn: 'new' }) =>
    outcomeOf(run(baseline, others, rest));

  it('is what is new, and not what the baseline had', () => {
    expect(outcomeOf(REPORT)).to.equal('bad');
    expect(outcome(REST)).to.equal('good');
    expect(outcome(REST, {})).to.equal('bad');
    expect(outcome(panicking())).to.equal('bad');
  });

  it('is what could be measured before and cannot be now', () => {
    expect(outcome(panicking('miss'))).to.equal('bad');
  });

  describe('is all that a cell measured before', () => {
    const [first] = begin.cells;
    const isFirst = (cell: string): boolean => cell === first?.id;
    const lostIn = (rest: readonly RunEvent[]) =>
      (run(baseline, {}, rest).baseline?.changes ?? [])
        .filter(({ change }) => change === 'lost')
        .flatMap(({ now, hits }) => hits.map(({ cell, test }) => ({ cell, test, now })));

    it('if its worker ends before it has listed its tests', () => {
      expect(outcome(dying(isFirst))).to.equal('bad');
      const lost = lostIn(dying(isFirst));
      expect(lost.map(({ test }) => test)).to.deep.equal(TESTS);
      for (const { cell, now } of lost) {
        expect(cell).to.equal(first?.id);
        expect(now).to.deep.equal({ verdict: 'miss', why: 'its worker ended by SIGKILL' });
      }
    });

    it('if all of its tests are skipped', () => {
      expect(outcome(skipping(isFirst))).to.equal('bad');
      const lost = lostIn(skipping(isFirst));
      expect(lost.map(({ test }) => test)).to.deep.equal(TESTS);
      for (const { now } of lost) {
        expect(now?.verdict).to.equal('miss');
        expect(now?.why).to.equal('the cell measured nothing: all 4 tests were skipped');
      }
    });

    it('if that happens to all cells', () => {
      expect(outcome(dying(() => true))).to.equal('bad');
      expect(outcome(skipping(() => true))).to.equal('bad');
    });

    it('even if the run is then stopped by its bounds', () => {
      const end = { type: 'run-end', time, interrupted: true, stopped: 'time-budget' } as const;
      expect(outcome([...REST.slice(0, -1), end])).to.equal('incomplete');
      for (const rest of [dying(isFirst), skipping(isFirst)]) {
        expect(outcome([...rest.slice(0, -1), end])).to.equal('bad');
      }
    });

    it('and no longer once the baseline did not measure it either', () => {
      for (const rest of [dying(isFirst), skipping(isFirst)]) {
        const dead = baselineOf(run(baseline, {}, rest));
        const again = run(dead, { failOn: 'new' }, rest);
        expect(again.baseline?.changes).to.deep.equal([]);
        expect(outcomeOf(again)).to.equal('good');
        const back = run(dead, { failOn: 'new' });
        expect(
          back.baseline?.changes.map(({ change, hits }) => [change, hits.length]),
        ).to.deep.equal([['added', TESTS.length]]);
      }
    });

    it('unless an expectation says that nothing runs there', () => {
      const expectations = [
        {
          line: 1,
          where: { kernel: [first?.kernel ?? ''] },
          outcome: 'nothing-ran' as const,
          reason: 'known',
          expires: '2027-01-01',
        },
      ];
      expect(outcome(skipping(isFirst), { failOn: 'new', expectations })).to.equal('good');
    });
  });

  it('is nothing that was expected', () => {
    const expectations = [
      {
        line: 1,
        where: {},
        outcome: 'agent-panic' as const,
        reason: 'known',
        expires: '2027-01-01',
      },
    ];
    expect(outcome(panicking(), { failOn: 'new', expectations })).to.equal('good');
  });

  it('is said in the headline, with what is not new', () => {
    expect(headlineOf(run(baseline, { failOn: 'new' }))).to.match(
      /^Green: nothing new since \S+ \w+ in 42 tests of 10 cells\. .*older/,
    );
    expect(headlineOf(run(baseline, { failOn: 'new' }, panicking()))).to.match(
      /^Red: 1 new agent-panic since/,
    );
  });

  it('is marked as new wherever it is told, before what is older', () => {
    const missing = run(baseline, { failOn: 'new' }, panicking('miss'));
    const [first] = problemsOf(missing);
    expect(first).to.include({ verdict: 'miss', isNew: true });
    expect(problemsOf(missing).filter(({ isNew }) => isNew)).to.have.length(1);
    expect(headlineOf(missing)).to.match(/^Red: 1 new miss since \S+ \w+ in 1 cell, .*older/);
  });

  it('is marked where one miss stands for all that a cell lost', () => {
    const [cell] = begin.cells;
    for (const fail of [dying, skipping]) {
      const report = run(
        baseline,
        { failOn: 'new' },
        fail((id) => id === cell?.id),
      );
      expect(newHitsOf(report).size).to.equal(TESTS.length + 1);
      expect(problemsOf(report)[0]).to.include({ verdict: 'miss', isNew: true });
      expect(headlineOf(report)).to.match(/^Red: 1 new miss since \S+ \w+ in 1 cell, .*older/);
      expect(countOlder(report)).to.equal(countUnexpected(REPORT.cells));
    }
  });

  it('is told though the run was then stopped by its bounds', () => {
    const end = { type: 'run-end', time, interrupted: true, stopped: 'time-budget' } as const;
    const rest = [...panicking('miss').slice(0, -1), end];
    expect(headlineOf(run(baseline, { failOn: 'new' }, rest))).to.match(/^Red: 1 new miss since/);
  });

  it('is not what an expectation covers, and then nothing calls that new', () => {
    const where = {};
    const known = { line: 1, where, reason: 'known', expires: '2027-01-01' };
    const expectations = [{ ...known, outcome: 'agent-panic' as const }];
    const report = run(baseline, { failOn: 'new', expectations }, panicking());
    expect(report.baseline?.changes.map(({ change }) => change)).to.include('new');
    expect([...newHitsOf(report)]).to.deep.equal([]);
  });

  it('changes nothing about a run that was interrupted or could measure nothing', () => {
    const end = REST.slice(0, -1);
    expect(outcome([...end, { type: 'run-end', time, interrupted: true }])).to.equal('interrupted');
    expect(outcome(end)).to.equal('interrupted');
    const missed = REST.map((event) =>
      event.type === 'test-end' ? { ...event, verdict: 'miss' as const, findings: [] } : event,
    ).filter(({ type }) => type !== 'finding');
    expect(outcome(missed)).to.equal('unmeasured');
  });
});

describe('what a run and its baseline were made from', () => {
  const [first, second] = REPORT.kernels.map(({ config: _, ...kernel }) => kernel);
  if (first === undefined || second === undefined) throw new Error('Expected two kernels');
  const digest = (digit: string) => `sha256:${digit.repeat(64)}`;
  const inputs = (others: Record<string, string> = {}) => ({
    'matrix.yaml': digest('1'),
    'scenarios/': digest('2'),
    'agent guarded': digest('3'),
    kmx: digest('4'),
    'guest/init': digest('5'),
    'machine qemu': digest('6'),
    limits: digest('7'),
    ...others,
  });

  function changed(
    before: Partial<BaselineFacts>,
    now: Partial<Begin> = {},
    more: readonly RunEvent[] = [],
  ): readonly string[] {
    const own = { inputs: inputs(), ...now };
    const report = run(baselineOf(REPORT, { inputs: inputs(), ...before }), own, [
      ...more,
      ...REST,
    ]);
    return (report.baseline?.inputs ?? []).map(
      (input) => `${nameInput(input)}: ${describeInput(input)}`,
    );
  }

  it('is told by name, with what it was and is', () => {
    const host = {
      ...begin.host,
      machines: [{ name: 'qemu', kind: 'qemu', accelerator: 'kvm', version: '6.0' }] as const,
      node: 'v1',
      kmx: '0.0.1',
      cpus: 9,
    };
    const before = inputs({ 'agent guarded': digest('a'), 'scenarios/': digest('b') });
    expect(changed({ host, inputs: before })).to.deep.equal([
      'agent guarded: sha256:aaaaaaaaaaaa → sha256:333333333333',
      'scenarios: sha256:bbbbbbbbbbbb → sha256:222222222222',
      'kmx: 0.0.1 → 0.1.0',
      'machine qemu: QEMU 6.0 kvm → QEMU 7.2.22 tcg',
      'Node.js: v1 → v24.0.0',
      'host: Linux 6.1.0, 9 CPUs, 8 GiB → Linux 6.1.0, 2 CPUs, 8 GiB',
    ]);
  });

  it('is told where only its content differs', () => {
    const before = inputs({
      kmx: digest('a'),
      'guest/init': digest('b'),
      'machine qemu': digest('c'),
      limits: 'x',
    });
    expect(changed({ inputs: before })).to.deep.equal([
      'kmx: 0.1.0, other (harness, guest/init)',
      'machine qemu: QEMU 7.2.22 tcg, other (another build of QEMU)',
      'host: Linux 6.1.0, 2 CPUs, 8 GiB, other (time limits)',
    ]);
  });

  it('finds the matrix file whatever it is called in either run', () => {
    const { 'matrix.yaml': matrix = '', ...rest } = inputs();
    expect(
      changed({ matrix: 'old/m.yaml', inputs: { ...rest, 'old/m.yaml': matrix } }),
    ).to.deep.equal([]);
    expect(changed({ matrix: 'm.yaml', inputs: { ...rest, 'm.yaml': digest('f') } })).to.deep.equal(
      ['matrix: sha256:ffffffffffff → sha256:111111111111'],
    );
  });

  it('is of a kernel its release, its package, or its content', () => {
    const kernels = (old: object) => ({ kernels: [{ ...first, ...old }, second] });
    const is = (old: object) => changed(kernels(old));
    const other = { digest: digest('e') };
    expect(is({ ...other, release: '6.1.0' })).to.deep.equal([
      `kernel debian-6.1: 6.1.0 → ${first.release}`,
    ]);
    expect(is({ ...other, origin: 'elsewhere' })).to.deep.equal([
      'kernel debian-6.1: elsewhere → debian 6.1',
    ]);
    expect(is(other)).to.deep.equal([
      `kernel debian-6.1: ${first.release} sha256:eeeeeeeeeeee → ${first.release} sha256:61`,
    ]);
    expect(changed({ kernels: [first] })).to.deep.equal([
      `kernel debian-6.12: ${second.release}, new`,
    ]);
    expect(changed({ kernels: [first], profile: 'nightly' })).to.deep.equal([]);
  });

  it('is of a configuration the symbols, or why they are not known', () => {
    const rest = REST.map((event) =>
      event.type === 'kernel-end'
        ? {
            ...event,
            kernel: { ...event.kernel, config: { digest: digest('d'), from: 'package' as const } },
          }
        : event,
    );
    const before = { kernels: [first, { ...second, config: digest('e') }] };
    const report = (change: Extract<RunEvent, { type: 'baseline-config' }>['change']) =>
      run(baselineOf(REPORT, before), {}, [
        ...rest.slice(0, -1),
        { type: 'baseline-config', time, name: 'debian-6.12', change },
        ...rest.slice(-1),
      ]).baseline;
    const told = report({ symbols: ['CONFIG_A: y → not set'], count: 3 });
    expect(told?.inputs).to.deep.equal([
      {
        kind: 'config',
        name: 'debian-6.12',
        before: 'sha256:eeeeeeeeeeee',
        now: 'sha256:dddddddddddd',
        details: ['CONFIG_A: y → not set'],
        count: 3,
      },
    ]);
    const untold = report({ symbols: [], count: 0, missing: 'there is no folder' });
    expect(untold?.inputs[0]).not.to.have.property('count');
    expect(untold?.missing).to.deep.equal([
      'symbols of debian-6.12 are not compared: there is no folder',
    ]);
  });
});

describe('words for changes', () => {
  it('count causes of failures, and tests of what was lost and added', () => {
    const hit = { cell: 'c' };
    expect(
      describeChanges([
        { change: 'new', hits: [hit, hit] },
        { change: 'lost', hits: [hit, hit] },
        { change: 'added', hits: [hit] },
      ]),
    ).to.equal('1 new, 2 tests lost, 1 test added');
    expect(describeChanges([])).to.equal('');
  });
});
