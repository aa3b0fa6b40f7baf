import { expect } from 'chai';
import fc from 'fast-check';
import type { RunReport, TestReport } from '../report/schema.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { anyText } from '../testing/any-text.ts';
import { junitPieces, TEXTS_LENGTH_MAX } from './junit.ts';
import { casesIn, failedCases } from './testing/junit-cases.ts';
import { faultsOf } from './testing/junit-faults.ts';
import { renderJunit } from './testing/render-junit.ts';
import { CONTEXT, foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';

const LONG = ' line\n'.repeat(3000);

function recordedReport(): RunReport {
  return foldEvents(recordedRun());
}

/** The recorded report with a failed test for each text, which is everything the test says. */
function reportWith(...texts: readonly string[]): RunReport {
  const report = recordedReport();
  const tests = texts.map(
    (text): TestReport => ({
      file: text,
      title: `title ${text}`,
      verdict: 'fail',
      durationMs: 0.0000001,
      detail: { message: text, text },
      findings: [],
    }),
  );
  report.cells[0]?.tests.push(...tests);
  return report;
}

describe('junit.xml', () => {
  it('has a suite for each cell and a case for each test', async () => {
    const report = recordedReport();
    const xml = renderJunit(report);
    expect(await faultsOf(xml)).to.deep.equal([]);
    expect(xml.match(/<testsuite /g)).to.have.length(report.cells.length);
    expect(xml.match(/<testcase /g)).to.have.length(
      report.cells.flatMap(({ tests }) => tests).length,
    );
  });

  it('is the same of a live and a replayed run, and valid with all that can happen', async () => {
    const [live = '', replayed] = sampleRuns().map(([, events]) => renderJunit(foldEvents(events)));
    expect(live).to.equal(replayed);
    expect(await faultsOf(live)).to.deep.equal([]);
    expect(live).to.include('tests="43" failures="8" errors="3" skipped="2"');
    expect(live).to.include('<failure type="hang" message="PauseContainer got no answer');
    expect(live).to.include('<error type="miss" message="the machine ended (SIGKILL)');
  });

  it('has a case of its own for what was recognised outside of tests', () => {
    const xml = renderJunit(foldEvents(sampleRuns()[0]?.[1] ?? []));
    expect(xml).to.include('name="guest 1: WARNING in css_free_rwork_fn"');
  });

  it('has with each failure the command that shows it again, unless there is no room for it', () => {
    const report = foldEvents(sampleRuns()[0]?.[1] ?? []);
    const bodyOfPanic = (lengthMax?: number): string => {
      const xml = [...junitPieces(report, CONTEXT, lengthMax)].join('');
      return /<failure type="agent-panic"[^>]*>([^<]*)</.exec(xml)?.[1] ?? '';
    };
    expect(bodyOfPanic()).to.match(
      /^logs: .*\nagain: \S+ reproduce \S+::.+ --signature s2-\w+\n\n/,
    );
    expect(bodyOfPanic(1)).to.include('logs: ').and.not.to.include('again: ');
  });

  it('names the cell where readers look for a class', () => {
    const xml = renderJunit(recordedReport());
    expect(xml).to.include('<testcase classname="debian-6.12.default.v1.guarded" name="boots"');
  });

  it('says of a cell which packages of its kernel no signature covers', async () => {
    const report = recordedReport();
    const unlisted = [{ name: 'linux-base-7.1', sha256: '01', vouchedBy: 'nobody' }] as const;
    const [kernel] = report.kernels;
    expect(renderJunit(report)).to.not.include('name="unlisted"');
    if (kernel !== undefined) kernel.unlisted = unlisted;
    const xml = renderJunit(report);
    const value = 'no signature covers linux-base-7.1 (trusted when first fetched)';
    expect(xml).to.include(`<property name="unlisted" value="${value}"/>`);
    expect(await faultsOf(xml)).to.deep.equal([]);
  });

  it('calls a crash a failure of its kind, and a miss an error', () => {
    const report = recordedReport();
    expect(renderJunit(report)).to.match(/<failure type="agent-panic" message="called/);
    const [first] = report.cells[0]?.tests ?? [];
    if (first !== undefined) first.verdict = 'miss';
    expect(renderJunit(report)).to.include('<error type="miss"');
  });

  it('says why a test was skipped', () => {
    expect(renderJunit(recordedReport())).to.match(/<skipped message="needs memory[^"]*"\/>/);
  });

  it('is valid whatever a guest prints', async () => {
    const hostile = [
      ']]>',
      '<!--',
      '&#0;',
      '\u0000\u001b[31m',
      '\ud800',
      '\ufffe',
      '"\'><x/>',
      '\u202e',
    ];
    expect(await faultsOf(renderJunit(reportWith(hostile.join(' '))))).to.deep.equal([]);
    // One file with many texts: reading the schema takes longer than making a test.
    const texts = fc.array(anyText({ maxLength: 200 }), {
      minLength: 50,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        expect(await faultsOf(renderJunit(reportWith(...all)))).to.deep.equal([]);
      }),
      { numRuns: 2 },
    );
  });

  it('stays small when a guest prints a line without end', () => {
    const long = renderJunit(reportWith('x'.repeat(10_000_000)));
    expect(long.length).to.be.below(300_000);
  });
});

describe('junit.xml, as GitLab reads it', () => {
  it('has a link to the log of each failed case, as seen from where the job ran', () => {
    const panicked = failedCases(renderJunit(foldEvents(createSampleRun()))).find(
      ({ type }) => type === 'agent-panic',
    );
    const folder = `${CONTEXT.folder}/cells/debian-6.12+default+v1+unguarded/guest-1`;
    expect(panicked?.attachment).to.equal(`${folder}/agent-stderr.log`);
  });

  it('has a picture first where the agent did not answer', () => {
    const hang = failedCases(renderJunit(foldEvents(createSampleRun()))).find(
      ({ type }) => type === 'hang',
    );
    expect(hang?.attachment).to.match(/guest-\d+\/picture\.txt$/);
  });

  it('has no two cases that it would take for one', () => {
    const report = recordedReport();
    const [cell] = report.cells;
    const [test] = cell?.tests ?? [];
    if (cell === undefined || test === undefined) throw new Error('Expected a cell with a test');
    cell.tests.push(test, { ...test, title: `${test.title} ` });
    // By their names alone the two cells look alike.
    report.cells.push(
      { ...cell, id: 'a.b+c+v1+x', kernel: 'a.b', config: 'c' },
      { ...cell, id: 'a+b.c+v1+x', kernel: 'a', config: 'b.c' },
    );
    const keys = casesIn(renderJunit(report)).map(({ key }) => key);
    expect(new Set(keys).size).to.equal(keys.length);
  });

  it('stays below 30 MB with thousands of failures that say much', () => {
    // A hundredth of everything: of 10,000 failures, of what they may say, and of 30 MB.
    const report = reportWith(...Array.from({ length: 100 }, (_, index) => `${index}${LONG}`));
    const xml = [...junitPieces(report, CONTEXT, TEXTS_LENGTH_MAX / 100)].join('');
    expect(Buffer.byteLength(xml)).to.be.below(300_000);
    const unlimited = [...junitPieces(report, CONTEXT, Number.POSITIVE_INFINITY)].join('');
    expect(Buffer.byteLength(unlimited)).to.be.above(300_000);
  });
});

describe('junit.xml of a run with a baseline', () => {
  const report = foldEvents(createSampleRun());
  const [cell, other] = report.cells.map(({ id }) => id);
  if (cell === undefined || other === undefined) throw new Error('Expected two cells');
  const since = (run: string): RunReport => ({
    ...report,
    baseline: {
      ...{ run, startedAt: report.startedAt, from: run, inputs: [], missing: [] },
      changes: [
        { change: 'new', hits: [{ cell }, { cell }, { cell: other }] },
        { change: 'fixed', hits: [{ cell }] },
      ],
    },
  });

  it('says of each cell how many of its tests changed', async () => {
    const xml = renderJunit(since('yesterday'));
    expect(xml.match(/name="since-baseline" value="[^"]*"/g)).to.deep.equal([
      'name="since-baseline" value="yesterday: 2 new, 1 fixed"',
      'name="since-baseline" value="yesterday: 1 new"',
    ]);
    expect(await faultsOf(renderJunit(since('<"&\u0000')))).to.deep.equal([]);
  });
});
