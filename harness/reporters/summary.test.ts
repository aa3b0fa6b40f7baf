import { readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'chai';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import type { RunReport } from '../report/schema.ts';
import { createPlainReporter } from './plain.ts';
import { groupReporters } from './reporter.ts';
import { renderSummary } from './summary.ts';

const LOG = readFileSync(new URL('../report/testdata/events.jsonl', import.meta.url), 'utf8');
const EVENTS = parseEventLines(LOG);
const colors = picocolors.createColors(false);
const options = { colors, width: 100, folder: 'reports/latest' };

function recordedReport(): RunReport {
  const fold = createReportFold();
  for (const event of EVENTS) fold.push(event);
  return fold.report();
}

/** The text must be that of a file in testdata/; `--update` writes it. */
function expectFile(name: string, text: string): void {
  const file = new URL(`testdata/${name}`, import.meta.url);
  if (process.argv.includes('--update')) writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, 'utf8'));
}

describe('summary', () => {
  it('shows the table, each crash once, the skips and why the run is red', () => {
    expectFile('summary.txt', renderSummary(recordedReport(), options));
  });

  it('lists cells one below the other where the table does not fit', () => {
    const narrow = renderSummary(recordedReport(), { ...options, width: 50 });
    expect(narrow.split('\n')[0]).to.match(/^debian-6.12\+default\+v1\+guarded\s+pass/);
  });

  it('lets nothing of a guest reach the terminal raw', () => {
    const report = recordedReport();
    const test = report.cells[0]?.tests[0];
    if (test === undefined) throw new Error('Expected a recorded test');
    Object.assign(test, { verdict: 'fail', detail: { message: '\u001b[2Jgone\r\u0007' } });
    const text = renderSummary(report, options);
    expect(text)
      .to.include('gone')
      .and.not.match(/[^\P{Cc}\n]/u);
  });

  it('says so when everything is as expected, and when nothing was measured', () => {
    const report = recordedReport();
    expect(renderSummary({ ...report, totals: { pass: 3 } }, options)).to.include(
      'Everything as expected.',
    );
    expect(renderSummary({ ...report, totals: { miss: 3 } }, options)).to.include('exit code 69');
  });
});

describe('plain progress', () => {
  it('has a line for each kernel, bad test and finished cell, and no cursor codes', () => {
    let text = '';
    const reporter = createPlainReporter((part) => {
      text += part;
    }, colors);
    for (const event of EVENTS) reporter.onEvent?.(event);
    expectFile('plain.txt', text);
    expect(stringWidth(text.split('\n')[0] ?? '')).to.be.below(100);
  });
});

describe('reporters', () => {
  it('go on without one that throws, which is told of', () => {
    const seen: string[] = [];
    const group = groupReporters([
      {
        onEvent: () => {
          throw new Error('disk full');
        },
      },
      { onEvent: ({ type }) => void seen.push(type) },
    ]);
    for (const event of EVENTS.slice(0, 3)) group.onEvent(event);
    expect(seen).to.have.length(3);
    expect(group.failures.map(({ message }) => message)).to.deep.equal(['disk full']);
  });
});
