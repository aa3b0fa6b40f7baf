import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { type CompactReport, compactReport } from '../compare/compact-report.ts';
import { comparedRunOf } from '../compare/compared-run-of.ts';
import { createReportReader } from '../compare/report-reader.ts';
import { slimReportSchema } from '../compare/slim-report.ts';
import { UsageError } from '../errors.ts';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import { machinesOf } from '../report/machines-of.ts';
import type { RunReport } from '../report/schema.ts';
import { createSampleRun } from '../report/testing/sample-run.ts';
import { jsonPieces } from '../reporters/json-pieces.ts';

const SAMPLE = createReportFold(createSampleRun()).report();
const RECORDED = createReportFold(
  parseEventLines(
    readFileSync(new URL('../report/testdata/events.jsonl', import.meta.url), 'utf8'),
  ),
).report();

function read(text: string, pieceLength = text.length): CompactReport {
  const bytes = Buffer.from(text);
  const reader = createReportReader('report.json');
  for (let at = 0; at < bytes.length; at += pieceLength) {
    reader.push(bytes.subarray(at, at + pieceLength));
  }
  return reader.end();
}

function textOf(report: RunReport): string {
  return [...jsonPieces(report), '\n'].join('');
}

/** Long enough that each cell has a line of its own. */
function withManyCells(report: RunReport): RunReport {
  const cells = Array.from(
    { length: 1001 },
    (_, index) => report.cells[index % report.cells.length],
  );
  return { ...report, cells: cells.filter((cell) => cell !== undefined) };
}

describe('reading a report for comparison', () => {
  for (const [name, report] of Object.entries({ sample: SAMPLE, recorded: RECORDED })) {
    const expected = compactReport(slimReportSchema.parse(report), 'report.json');

    it(`finds what a parser finds, in a short one: ${name}`, () => {
      expect(read(textOf(report))).to.deep.equal(expected);
      expect(read(JSON.stringify(report))).to.deep.equal(expected);
    });

    it(`finds what a parser finds, in a long one: ${name}`, () => {
      const long = withManyCells(report);
      const { cells } = compactReport(slimReportSchema.parse(long), 'report.json');
      expect(read(textOf(long)).cells).to.deep.equal(cells);
    });
  }

  it('does not care where pieces end', () => {
    const text = textOf(SAMPLE);
    const expected = read(text);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (length) => {
        expect(read(text, length)).to.deep.equal(expected);
      }),
      { numRuns: 20 },
    );
  });

  it('reads reports of the version before, which mean the same by what is compared', () => {
    expect(read(JSON.stringify({ ...SAMPLE, version: 4, facts: undefined })).version).to.equal(4);
  });

  it('reads a report that version 6 wrote like one of the same run today', () => {
    const old = read(readFileSync(new URL('testdata/report-6.json', import.meta.url), 'utf8'));
    const now = read(textOf(RECORDED));
    expect(old.version).to.equal(6);
    expect(old.cells).to.deep.equal(now.cells);
    expect(machinesOf(old.host)).to.deep.equal(machinesOf(now.host));
    const beside = { folder: '.', configs: new Map(), warnings: [] };
    expect(comparedRunOf(old, beside)).to.deep.equal(comparedRunOf(now, beside));
  });

  it('refuses what is no report, and says what it found', () => {
    const refusal = (text: string): string => {
      try {
        read(text);
      } catch (error) {
        if (error instanceof UsageError) return error.message;
        throw error;
      }
      throw new Error('Expected a UsageError');
    };
    expect(refusal('hello')).to.match(/^report\.json: expected JSON/);
    expect(refusal('')).to.match(/^report\.json: expected JSON/);
    expect(refusal('{}')).to.match(/is not a report of kmx/);
    expect(refusal('null')).to.match(/is not a report of kmx/);
    expect(refusal(JSON.stringify({ ...SAMPLE, version: 1 }))).to.match(
      /expected a report of version 4 or 5 or 6 or 7, found version 1/,
    );
    expect(refusal(JSON.stringify({ ...SAMPLE, cells: [{}] }))).to.match(/not a report of kmx/);
    const long = textOf(withManyCells(SAMPLE)).replace('"cgroup":"v1"', '"cgroup":"v3"');
    expect(refusal(long)).to.match(/^report\.json:\d+: not a report of kmx/);
  });

  it('takes a report that was cut off for what it is', () => {
    const text = textOf(SAMPLE);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: text.length - 3 }), (length) => {
        expect(() => read(text.slice(0, length))).to.throw(UsageError);
      }),
      { numRuns: 20 },
    );
  });
});
