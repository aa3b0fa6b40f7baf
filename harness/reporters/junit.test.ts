import { expect } from 'chai';
import fc from 'fast-check';
import type { RunReport, TestReport } from '../report/schema.ts';
import { renderJunit } from './junit.ts';
import { faultsOf } from './testing/junit-faults.ts';
import { foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';

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
    const texts = fc.array(fc.string({ unit: 'binary', maxLength: 200 }), {
      minLength: 50,
      maxLength: 50,
    });
    await fc.assert(
      fc.asyncProperty(texts, async (all) => {
        expect(await faultsOf(renderJunit(reportWith(...all)))).to.deep.equal([]);
      }),
      { numRuns: 4 },
    );
  });

  it('stays small when a guest prints a line without end', () => {
    const long = renderJunit(reportWith('x'.repeat(10_000_000)));
    expect(long.length).to.be.below(300_000);
  });
});
