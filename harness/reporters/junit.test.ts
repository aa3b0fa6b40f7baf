import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { validateXML } from 'xmllint-wasm';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport, TestReport } from '../report/schema.ts';
import { renderJunit } from './junit.ts';

const XSD = readFileSync(new URL('testdata/junit.xsd', import.meta.url), 'utf8');
const LOG = readFileSync(new URL('../report/testdata/events.jsonl', import.meta.url), 'utf8');

function recordedReport(): RunReport {
  const fold = createReportFold();
  for (const event of parseEventLines(LOG)) fold.push(event);
  return fold.report();
}

/** The recorded report with one more failed test that says `text` wherever a test can say something. */
function reportWith(text: string): RunReport {
  const report = recordedReport();
  const [cell] = report.cells;
  const test: TestReport = {
    file: text,
    title: `title ${text}`,
    verdict: 'fail',
    durationMs: 0.0000001,
    detail: { message: text, text },
    findings: [],
  };
  cell?.tests.push(test);
  return report;
}

async function faultsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({
    xml: [{ fileName: 'junit.xml', contents: xml }],
    schema: [XSD],
  });
  return errors.map(({ message }) => message);
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
    const any = fc.string({ unit: 'binary', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        expect(await faultsOf(renderJunit(reportWith(text)))).to.deep.equal([]);
      }),
      { numRuns: 20 },
    );
  });

  it('stays small when a guest prints a line without end', () => {
    const long = renderJunit(reportWith('x'.repeat(10_000_000)));
    expect(long.length).to.be.below(300_000);
  });
});
