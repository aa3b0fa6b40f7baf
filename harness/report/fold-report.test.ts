import { readFileSync, writeFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect } from 'chai';
import fc from 'fast-check';
import { z } from 'zod';
import { BOOTS, isSameTest, type RunBounds, type RunEvent, type StopReason } from '../events.ts';
import type { Expectation } from '../expectations/expectation.ts';
import { isGood, VERDICTS } from '../verdict/verdict.ts';
import { parseEventLines } from './event-lines.ts';
import { createReportFold } from './fold-report.ts';
import { countVerdicts } from './group.ts';
import { headlineOf } from './headline.ts';
import { countStopped, countUnexpected, outcomeOf } from './outcome.ts';
import { type RunReport, reportSchema } from './schema.ts';
import { LOOSE, PANIC } from './testing/sample-ends.ts';
import { createSampleRun, SAMPLE_CELLS } from './testing/sample-run.ts';

const RECORDED = readFileSync(new URL('testdata/events.jsonl', import.meta.url), 'utf8');

const SKIPPED = { file: 'a.spec.ts', title: 'skipped' };

function foldEvents(events: readonly RunEvent[]): RunReport {
  const fold = createReportFold();
  for (const event of events) fold.push(event);
  return fold.report();
}

const runs: Readonly<Record<string, readonly RunEvent[]>> = {
  'recorded run': parseEventLines(RECORDED),
  'run by hand': createSampleRun(),
};

for (const [name, events] of Object.entries(runs)) {
  describe(`report of a ${name}`, () => {
    const report = foldEvents(events);

    it('counts every test once, in its cell and in all', () => {
      const ends = events.filter(({ type }) => type === 'test-end');
      expect(report.cells.flatMap(({ tests }) => tests)).to.have.length(ends.length);
      const sum = Object.values(report.totals).reduce((total, number) => total + number, 0);
      expect(sum).to.equal(ends.length);
    });

    it('has the form that its schema promises', () => {
      expect(reportSchema.parse(JSON.parse(JSON.stringify(report)))).to.deep.equal(report);
    });

    it('has the form of docs/report.schema.json, which other programs check it by', () => {
      const file = new URL('../../docs/report.schema.json', import.meta.url);
      const current = z.toJSONSchema(reportSchema);
      if (process.env.KMX_UPDATE) writeFileSync(file, `${JSON.stringify(current, null, 2)}\n`);
      const schema = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      expect(current).to.deep.equal(schema);
      const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
      expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
    });

    it('lists each crash once, with every test that it decided', () => {
      const keys = report.crashes.map(
        ({ class: kind, title, place }) => `${kind} ${title} ${place}`,
      );
      expect(new Set(keys).size).to.equal(keys.length);
      const decided = report.cells.flatMap(({ tests }) =>
        tests.filter(({ verdict, findings }) => findings[0]?.class === verdict),
      );
      const hits = report.crashes.flatMap((crash) => crash.hits).filter(({ test }) => test);
      expect(hits).to.have.length(decided.length).and.length.above(0);
    });

    it('is the same of events that were written and read back', () => {
      const log = events.map((event) => `${JSON.stringify(event)}\n`).join('');
      expect(foldEvents(parseEventLines(log))).to.deep.equal(JSON.parse(JSON.stringify(report)));
    });

    it('has every planned cell and test, wherever it was killed, and none good too early', () => {
      fc.assert(
        fc.property(fc.integer({ min: 1, max: events.length - 1 }), (length) => {
          const cut = foldEvents(events.slice(0, length));
          expect(cut.cells.map(({ id }) => id)).to.deep.equal(report.cells.map(({ id }) => id));
          expect(outcomeOf(cut)).to.equal('interrupted');
          for (const [index, cell] of cut.cells.entries()) {
            const isWhole = cell.tests.length === report.cells[index]?.tests.length;
            if (isGood(cell.verdict)) expect(isWhole).to.equal(true);
            for (const { verdict, detail } of cell.tests) {
              if (verdict === 'miss') expect(detail?.message).to.be.a('string');
            }
          }
        }),
      );
    });
  });
}

describe('report of a run that was interrupted or killed', () => {
  it('does not count as unexpected what it did not come to', () => {
    const [begin] = createSampleRun();
    if (begin === undefined) throw new Error('Expected a run that begins');
    const end = { type: 'run-end', time: begin.time, interrupted: true } as const;
    for (const report of [foldEvents([begin]), foldEvents([begin, end])]) {
      expect(report.totals).to.deep.equal({ miss: SAMPLE_CELLS.length });
      expect(countUnexpected(report.cells)).to.equal(0);
      expect(countStopped(report.cells)).to.equal(SAMPLE_CELLS.length);
    }
  });
});

describe('report of a run that its bounds stopped', () => {
  const events = createSampleRun();
  const [begin] = events;
  const end = { type: 'run-end', time: '2026-08-01T11:00:00.000Z', interrupted: true } as const;

  function stop(length: number, bounds: RunBounds, stopped: StopReason): RunReport {
    if (begin?.type !== 'run-begin') throw new Error('Expected a run that begins');
    const whole = [{ ...begin, bounds }, ...events.slice(1, length)];
    const isBefore = ({ time }: RunEvent): boolean => time < end.time;
    return foldEvents([...whole.filter(isBefore), { ...end, stopped }]);
  }

  it('says of all that did not run why, and misses no cell', () => {
    const max = events.findLastIndex(({ type }) => type === 'test-end');
    fc.assert(
      fc.property(fc.integer({ min: 1, max }), (length) => {
        const cut = stop(length, { timeBudgetMs: 5_400_000 }, 'time-budget');
        expect(cut).to.include({ interrupted: true, stopped: 'time-budget' });
        const undone = cut.cells.flatMap(({ tests }) =>
          tests.filter(({ detail }) => detail?.missKind === 'stopped'),
        );
        for (const { verdict, detail } of undone) {
          expect(verdict).to.equal('miss');
          expect(detail?.message).to.match(
            /^the time budget of 1 h 30 min (left no time for it|ended while it ran)$/,
          );
        }
        expect(cut.cells).to.have.length(SAMPLE_CELLS.length);
        expect(countStopped(cut.cells)).to.be.above(0);
        expect(reportSchema.parse(JSON.parse(JSON.stringify(cut)))).to.deep.equal(cut);
      }),
    );
  });

  it('is bad for what ran, unmeasured if nothing did, and else incomplete', () => {
    const bounds = { timeBudgetMs: 1000 };
    const firstBad = events.findIndex((one) => one.type === 'test-end' && !isGood(one.verdict));
    expect(outcomeOf(stop(1, bounds, 'time-budget'))).to.equal('unmeasured');
    expect(outcomeOf(stop(firstBad, bounds, 'time-budget'))).to.equal('incomplete');
    const bad = stop(firstBad + 1, { maxFailures: 1 }, 'max-failures');
    expect(outcomeOf(bad)).to.equal('bad');
    expect(countUnexpected(bad.cells)).to.equal(1);
    const messages = bad.cells.flatMap(({ tests }) => tests.map(({ detail }) => detail?.message));
    expect(messages).to.include('the run was stopped after 1 unexpected result before it began');
  });
});

describe('report of a run that went on after it was cut off', () => {
  const events = createSampleRun();
  const begins = events.filter(({ type }) => type === 'run-begin');
  const kernels = events.filter(({ type }) => type.startsWith('kernel-'));
  const resumed: RunEvent = { type: 'run-resumed', time: '2026-08-01T11:00:00.000Z' };

  /** As when kmx resumes: unfinished cells start over, except for tests that have a verdict. */
  function goOn(past: readonly RunEvent[]): readonly RunEvent[] {
    const isPast = (event: RunEvent): boolean =>
      event.type === 'test-end' &&
      past.some(
        (other) =>
          other.type === 'test-end' &&
          other.cell === event.cell &&
          isSameTest(other.test, event.test),
      );
    const ended = new Set(past.flatMap((one) => (one.type === 'cell-end' ? [one.cell] : [])));
    return events.filter((event) => {
      if (event.type === 'run-begin' || event.type.startsWith('kernel-')) return false;
      return !('cell' in event) || (!ended.has(event.cell) && !isPast(event));
    });
  }

  it('has every test once, with the verdict that it would have had, wherever it was cut', () => {
    const whole = foldEvents(events);
    const verdictsOf = ({ cells }: RunReport) =>
      cells.map(({ id, tests }) => [id, tests.map(({ title, verdict }) => [title, verdict])]);
    const first = begins.length + kernels.length;
    fc.assert(
      fc.property(fc.integer({ min: first, max: events.length - 1 }), (length) => {
        const past = events.slice(0, length);
        const report = foldEvents([...past, resumed, ...kernels, ...goOn(past)]);
        expect(verdictsOf(report)).to.deep.equal(verdictsOf(whole));
        expect(outcomeOf(report)).to.equal('bad');
        expect(report.kernels).to.deep.equal(whole.kernels);
        expect(report.resumedAt).to.deep.equal([resumed.time]);
        expect(report.cells.every(({ tests }) => tests.every(({ isFlaky }) => !isFlaky))).to.equal(
          true,
        );
      }),
    );
  });
});

describe('report', () => {
  const events = createSampleRun();
  const report = foldEvents(events);
  const verdictOf = (index: number): string | undefined => report.cells[index]?.verdict;

  it('sums a cell up by its worst verdict', () => {
    expect(verdictOf(0)).to.equal('pass');
    expect(verdictOf(5)).to.equal('agent-panic');
    expect(verdictOf(6)).to.equal('kernel-panic');
    expect(verdictOf(9)).to.equal('boot-failure');
  });

  it('says whether the kernel lived on where something crashed', () => {
    const lived = report.crashes.map(({ class: kind, kernelLived }) => [kind, kernelLived]);
    expect(lived).to.deep.include(['agent-panic', true]);
    expect(lived).to.deep.include(['kernel-panic', false]);
  });

  it('says when tests and guests began, since the run did', () => {
    const at = (second: number) => `2026-08-01T10:00:0${second}.000Z`;
    const [cell] = SAMPLE_CELLS;
    if (cell === undefined) throw new Error('Expected a cell');
    const [first] = createSampleRun();
    const own = { cell: cell.id };
    const begins = { from: 'L2', reason: 'first', command: ['qemu'] } as const;
    const ends = {
      type: 'test-end',
      verdict: 'fail',
      durationMs: 1,
      findings: [],
      ...own,
    } as const;
    const { tests, guests } =
      foldEvents([
        { ...first, time: at(0), cells: [cell] } as RunEvent,
        { type: 'guest-begin', time: at(3), guest: 1, startedAt: at(1), ...begins, ...own },
        { type: 'guest-begin', time: at(5), guest: 2, ...begins, ...own },
        { type: 'test-begin', time: at(2), test: BOOTS, ...own },
        { type: 'test-begin', time: at(4), test: SKIPPED, ...own },
        { ...ends, time: at(5), test: BOOTS },
        { ...ends, time: at(5), test: SKIPPED, cached: { run: 'earlier', time: at(0) } },
        { type: 'test-begin', time: at(6), test: BOOTS, ...own },
        { ...ends, time: at(7), test: BOOTS, attempt: 2, verdict: 'pass' },
      ]).cells[0] ?? {};
    expect(guests?.map(({ startMs }) => startMs)).to.deep.equal([1000, 5000]);
    expect(tests?.map(({ startMs }) => startMs)).to.deep.equal([2000, undefined]);
    expect(tests?.[0]?.attempts?.map((attempt) => 'startMs' in attempt)).to.deep.equal([
      false,
      false,
    ]);
  });

  it('lists a crash with the cells and tests that it hit, and no consequence of it', () => {
    const crash = report.crashes.find(({ place }) => place === PANIC.place);
    expect(crash?.hits.map(({ cell, guest, test }) => [cell, guest, test?.title])).to.deep.equal([
      ['debian-6.12+default+v1+unguarded', 1, 'container › runs and is removed'],
      ['debian-6.12+default+v1+unguarded', 2, 'cpuset › pins a container to one CPU'],
      ['debian-6.12+default+v2+unguarded', 1, 'container › runs and is removed'],
    ]);
    expect(report.crashes.map(({ class: kind }) => kind)).to.have.length(3);
  });

  it('keeps what was recognised outside of tests, and is not good because of it', () => {
    expect(report.cells[3]?.findings).to.deep.equal([{ guest: 1, finding: LOOSE }]);
    expect(verdictOf(3)).to.equal('kernel-oops');
    const only = events.filter((event) => {
      if (event.type === 'run-begin' || event.type === 'run-end') return true;
      return 'cell' in event && event.cell === SAMPLE_CELLS[3]?.id;
    });
    const alone = only.map((event) =>
      event.type === 'run-begin'
        ? { ...event, cells: event.cells.filter(({ id }) => id === SAMPLE_CELLS[3]?.id) }
        : event,
    );
    const { cells } = foldEvents(alone);
    expect(countUnexpected(cells)).to.equal(0);
    expect(outcomeOf(foldEvents(alone))).to.equal('bad');
  });

  it('names the kernels that could not be had', () => {
    expect(report.missingKernels.map(({ name }) => name)).to.deep.equal(['debian-7.3']);
    expect(verdictOf(8)).to.equal('miss');
  });

  it('has what a guest said of its kernel’s configuration, even after the run was resumed', () => {
    const events = createSampleRun();
    const time = '2026-08-01T11:00:00.000Z';
    const kernel = { name: 'own', release: '6.12', digest: 'sha256:1', origin: 'path' };
    const known = { type: 'kernel-end', time, kernel: { ...kernel, configMissing: 'no' } } as const;
    const config = { digest: 'sha256:2', from: 'guest' } as const;
    const said = { type: 'kernel-config', time, name: 'own', config } as const;
    const ownOf = (more: readonly RunEvent[]) =>
      foldEvents([...events, ...more]).kernels.find(({ name }) => name === 'own');
    expect(ownOf([known])).to.deep.equal(known.kernel);
    expect(ownOf([known, said])).to.deep.equal({ ...kernel, config });
    const resumed = { type: 'run-resumed', time } as const;
    expect(ownOf([known, said, resumed, known])).to.deep.equal({ ...kernel, config });
  });

  it('tells what ran when the run was interrupted from what had not begun', () => {
    const at = events.findIndex(({ type }) => type === 'tests');
    const end: RunEvent = { type: 'run-end', time: '2026-08-01T11:00:00.000Z', interrupted: true };
    const cut = foldEvents([...events.slice(0, at + 2), end]);
    const messages = cut.cells[0]?.tests.map(({ verdict, detail }) => detail?.message ?? verdict);
    expect(messages).to.deep.equal([
      'pass',
      'the run was interrupted while it ran',
      ...Array(3).fill('the run was interrupted before it began'),
    ]);
    expect(cut.cells[1]?.tests).to.have.length(1);
  });

  it('does not call a cell good that came up and was cut off before its tests were known', () => {
    const at = events.findIndex(({ type }) => type === 'tests');
    const [cell] = foldEvents(events.slice(0, at)).cells;
    expect(cell?.tests.map(({ verdict }) => verdict)).to.deep.equal(['pass', 'miss']);
    expect(cell?.verdict).to.equal('miss');
  });

  it('misses a cell whose tests were all skipped, unless that is expected', () => {
    const [cell] = SAMPLE_CELLS;
    const skipped = (change: { expectations?: readonly Expectation[]; filter?: string } = {}) => {
      const begin = events.find((event) => event.type === 'run-begin');
      if (begin === undefined || cell === undefined) throw new Error('Expected a sample run');
      const at = { time: begin.time, cell: cell.id };
      const report = foldEvents([
        { ...begin, expectations: [], cells: [cell], ...change },
        { type: 'cell-begin', ...at },
        { type: 'test-end', ...at, test: BOOTS, verdict: 'pass', durationMs: 1, findings: [] },
        { type: 'test-end', ...at, test: SKIPPED, verdict: 'skip', durationMs: 0, findings: [] },
        { type: 'cell-end', ...at, durationMs: 1 },
        { type: 'run-end', time: begin.time, interrupted: false },
      ]);
      return { outcome: outcomeOf(report), ...report.cells[0] };
    };
    const missed = skipped();
    expect(missed).to.include({ outcome: 'bad', verdict: 'miss' });
    expect(missed.tests?.at(-1)?.detail?.message).to.match(/measured nothing: all 1 tests/);
    const expected = { line: 1, where: {}, outcome: 'nothing-ran', reason: 'known' } as const;
    const known = (expires: string) => skipped({ expectations: [{ ...expected, expires }] });
    expect(known('2999-01-01').outcome).to.equal('good');
    expect(known('2000-01-01').outcome).to.equal('bad');
    // Who asks for some tests may meet cells that have none of them.
    expect(skipped({ filter: 'one' }).outcome).to.equal('good');
  });

  it('takes a cell that its host cannot run as skipped, and expects nothing of it', () => {
    const [cell] = SAMPLE_CELLS;
    const begin = events.find((event) => event.type === 'run-begin');
    if (begin === undefined || cell === undefined) throw new Error('Expected a sample run');
    const at = { time: begin.time, cell: cell.id };
    const expectation: Expectation = {
      ...{ line: 1, where: {}, tests: ['**', 'boots'], outcome: 'fail', reason: 'known' },
      expires: '2999-01-01',
    };
    const skip = { verdict: 'skip', durationMs: 0, findings: [] } as const;
    const report = foldEvents([
      { ...begin, expectations: [expectation], cells: [cell], isWholeMatrix: true },
      { type: 'cell-begin', ...at },
      { type: 'test-end', ...at, test: BOOTS, ...skip, detail: { message: 'no v2 here' } },
      { type: 'cell-end', ...at, durationMs: 0 },
      { type: 'run-end', time: begin.time, interrupted: false },
    ]);
    expect(report.cells[0]).to.include({ verdict: 'skip' });
    expect(report.cells[0]?.tests).to.have.length(1);
    expect(report.expectations[0]?.status).to.equal('not-looked-at');
    expect(outcomeOf(report)).to.equal('unmeasured');
    expect(headlineOf(report)).to.equal('Nothing measured: 1 test of 1 cell, all skipped.');
  });

  it('has what each kernel offers once, for cells whose results are recalled, too', () => {
    const [cell] = SAMPLE_CELLS;
    const begin = events.find((event) => event.type === 'run-begin');
    const said = events.find((event) => event.type === 'facts');
    const ready = events.find((event) => event.type === 'guest-ready');
    if (begin === undefined || cell === undefined) throw new Error('Expected a sample run');
    if (said === undefined || ready === undefined) throw new Error('Expected a guest with facts');
    expect(report.facts).to.have.length(2);
    expect(report.facts[0]).to.deep.equal({ digest: said.digest, ...said.facts });
    const { time, facts } = ready;
    const recalled = foldEvents([
      begin,
      said,
      { type: 'facts-recalled', time, cell: cell.id, facts },
      said,
    ]);
    expect(recalled.facts).to.deep.equal([report.facts[0]]);
    expect(recalled.cells[0]?.facts).to.deep.equal(report.cells[0]?.facts);
    expect(recalled.cells[0]?.facts?.probed).to.equal(said.digest);
  });

  it('says of each test without a result why the cell ended before it', () => {
    const [cell] = SAMPLE_CELLS;
    const begin = events.find((event) => event.type === 'run-begin');
    if (begin === undefined || cell === undefined) throw new Error('Expected a sample run');
    const at = { time: begin.time, cell: cell.id };
    const report = foldEvents([
      { ...begin, expectations: [], cells: [cell] },
      { type: 'cell-begin', ...at },
      { type: 'test-end', ...at, test: BOOTS, verdict: 'pass', durationMs: 1, findings: [] },
      { type: 'tests', ...at, tests: [SKIPPED] },
      { type: 'cell-failed', ...at, message: 'no space left' },
      { type: 'run-end', time: begin.time, interrupted: false },
    ]);
    expect(report.cells[0]?.tests[1]).to.include({ title: 'skipped', verdict: 'miss' });
    expect(report.cells[0]?.tests[1]?.detail?.message).to.equal('no space left');
    expect(outcomeOf(report)).to.equal('bad');
  });

  it('of a run in which nothing could be measured is unmeasured, not bad', () => {
    const ends = events.filter(({ type }) => type === 'run-begin' || type === 'run-end');
    const nothing = foldEvents(ends);
    expect(new Set(nothing.cells.map(({ verdict }) => verdict))).to.deep.equal(new Set(['miss']));
    expect(outcomeOf(nothing)).to.equal('unmeasured');
    expect(outcomeOf(report)).to.equal('bad');
  });
});

describe('progress', () => {
  it('has what runs, with what is done of it, and no miss for what is yet to come', () => {
    const fold = createReportFold();
    const events = createSampleRun();
    const ends = events.findIndex(({ type }) => type === 'tests');
    for (const event of events.slice(0, ends + 2)) fold.push(event);
    const { cells, doneCells, totals, running } = fold.progress();
    expect({ cells, doneCells, totals }).to.deep.equal({
      cells: 10,
      doneCells: 0,
      totals: { pass: 1 },
    });
    expect(running).to.have.length(1);
    expect(running[0]).to.deep.include({ done: 1, planned: 5 });
    expect(running[0]?.test?.title).to.equal('container › runs and is removed');
  });

  it('is the report’s in the end', () => {
    const fold = createReportFold();
    for (const event of createSampleRun()) fold.push(event);
    const { cells, doneCells, totals, running } = fold.progress();
    expect(doneCells).to.equal(cells);
    expect(running).to.deep.equal([]);
    expect(totals).to.deep.equal(fold.report().totals);
  });

  it('counts each test once with the verdict that stands, however often it was tried', () => {
    const sample = createSampleRun();
    const [begin] = sample;
    const pattern = sample.find(({ type }) => type === 'test-end');
    if (begin === undefined || pattern?.type !== 'test-end') throw new Error('Expected a run');
    const ends = fc.record({
      cell: fc.constantFrom(...SAMPLE_CELLS.map(({ id }) => id)),
      title: fc.constantFrom('one', 'two'),
      verdict: fc.constantFrom(...VERDICTS),
    });
    fc.assert(
      fc.property(fc.array(ends), (tries) => {
        const fold = createReportFold([begin]);
        for (const { cell, title, verdict } of tries) {
          fold.push({ ...pattern, cell, verdict, test: { file: 'x.spec.ts', title } });
        }
        const tests = fold
          .report()
          .cells.map((cell) => cell.tests.filter(({ file }) => file === 'x.spec.ts'));
        expect(fold.progress().totals).to.deep.equal(countVerdicts(tests.flat()));
        for (const [index, { id }] of SAMPLE_CELLS.entries()) {
          expect(fold.cellTotals(id)).to.deep.equal(countVerdicts(tests[index] ?? []));
        }
      }),
    );
  });
});
