import { readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import { expect } from 'chai';
import picocolors from 'picocolors';
import stringWidth from 'string-width';
import type { ChangeReport } from '../report/baseline-schema.ts';
import { groupFailures } from '../report/group.ts';
import type { RunReport } from '../report/schema.ts';
import { HOSTILE } from '../report/testing/sample-ends.ts';
import { renderSummary } from './summary.ts';
import { foldEvents, recordedRun, sampleRuns } from './testing/runs.ts';

const colors = picocolors.createColors(false);
const colorsOn = picocolors.createColors(true);
const resume = 'kmx run --resume x';
const command = (words: readonly string[]): string => ['scripts/kmx', ...words].join(' ');
const options = { colors, width: 100, folder: 'reports/latest', resume, command };

/** Compares the text with a file in testdata/; `KMX_UPDATE=1` writes the file instead. */
function expectFile(name: string, text: string): void {
  const file = new URL(`testdata/${name}`, import.meta.url);
  if (process.env.KMX_UPDATE) writeFileSync(file, text);
  expect(text).to.equal(readFileSync(file, 'utf8'));
}

describe('summary', () => {
  for (const [how, events] of sampleRuns()) {
    it(`of a ${how} run shows the table, each crash once, all that went wrong, and why red`, () => {
      expectFile('sample-summary.txt', renderSummary(foldEvents(events), options));
    });
  }

  const sample = foldEvents(sampleRuns()[0]?.[1] ?? []);

  it('of a recorded run is what a user sees', () => {
    expectFile('summary.txt', renderSummary(foldEvents(recordedRun()), options));
  });

  it('lists cells one below the other where the table does not fit', () => {
    const narrow = renderSummary(sample, { ...options, width: 50 });
    expect(narrow.split('\n')[0]).to.match(/^debian-6.1\+default\+v1\+guarded\s+pass 5$/);
    const wide = renderSummary(sample, options).split('\n\n')[0] ?? '';
    expect(Math.max(...wide.split('\n').map((line) => stringWidth(line)))).to.be.at.most(100);
  });

  it('aligns its columns the same with colours', () => {
    const painted = renderSummary(sample, { ...options, colors: picocolors.createColors(true) });
    expect(stripVTControlCharacters(painted)).to.equal(renderSummary(sample, options));
    expect(painted).not.to.equal(stripVTControlCharacters(painted));
  });

  it('lets nothing of a guest reach the terminal raw', () => {
    const text = renderSummary(sample, options);
    expect(HOSTILE).to.match(/[^\P{Cc}\n]/u);
    expect(text).to.include('</failure>]]><!--');
    expect(text).not.to.match(/[^\P{Cc}\n]|[\u202e\ufffe]|\p{Cs}/u);
  });

  it('calls a panic new only if it is new since the baseline', () => {
    const panics = sample.crashes.filter(({ class: kind }) => kind.endsWith('panic'));
    const hits = panics[0]?.hits.filter(({ isExpected }) => isExpected !== true) ?? [];
    const about = { run: 'before', startedAt: sample.startedAt, from: 'latest' };
    const withChanges = (changes: ChangeReport[]) =>
      renderSummary(
        { ...sample, baseline: { ...about, inputs: [], missing: [], changes } },
        options,
      );
    expect(withChanges([])).to.match(/^10 tests not as expected \(2 unexpected panics\)/m);
    expect(withChanges([{ change: 'new', hits }])).to.match(
      /^the first new failure again: .*\n.*\n10 tests not as expected \(1 new panic and 1 unexpected panic\)/m,
    );
  });

  it('of a red run names the commands that come next', () => {
    const run: RunReport = { ...sample, matrix: 'x/m.yaml', expectationsFile: 'mine.yaml' };
    const lines = renderSummary(run, options).split('\n');
    const files = '--matrix x/m.yaml --expectations mine.yaml';
    const again = lines.find((line) => line.startsWith('the first failure again: ')) ?? '';
    expect(again).to.match(/scripts\/kmx reproduce \S+::.+ --signature s2-\w+ /);
    expect(again).to.include(' --matrix x/m.yaml');
    expect(lines.at(lines.indexOf(again) + 1)).to.include(
      `scripts/kmx expect ${files} --from reports/latest --dry-run`,
    );
    const cells = sample.cells.slice(0, 1);
    const good = { ...sample, cells, crashes: [], failures: [], expectations: [] };
    expect(renderSummary(good, options)).not.to.include('again: ');
  });

  it('ends with a sentence that says what the run comes to, and the exit code', () => {
    const lastLine = (report: RunReport) =>
      renderSummary(report, options).trimEnd().split('\n').at(-1);
    const [good] = sample.cells;
    if (good === undefined) throw new Error('Expected a sample cell');
    const only = { ...sample, cells: [good], crashes: [] };
    const failed = good.tests.map((test, index) =>
      index === 0 ? { ...test, judgement: { status: 'new' as const } } : test,
    );
    expect(lastLine(sample)).to.match(
      /^10 tests not as expected \(2 unexpected panics\) in 42 tests .* exit code 1\.$/,
    );
    expect(lastLine({ ...only, totals: { pass: 5 } })).to.equal(
      'Everything as expected in 5 tests of 1 cell: exit code 0.',
    );
    const bad = { ...only, cells: [{ ...good, tests: failed }], totals: { fail: 1, pass: 4 } };
    expect(lastLine(bad)).to.equal('1 test not as expected in 5 tests of 1 cell: exit code 1.');
    const loose = sample.crashes.map((crash) => ({
      ...crash,
      hits: crash.hits.map(({ test: _, ...hit }) => hit),
    }));
    expect(lastLine({ ...bad, crashes: loose })).to.equal(
      '1 test not as expected, 2 unexpected panics outside of tests in 5 tests of 1 cell: exit code 1.',
    );
    expect(lastLine({ ...only, totals: { miss: 5 } })).to.match(
      /^Nothing could be measured.*exit code 69\.$/,
    );
    expect(lastLine({ ...sample, interrupted: true })).to.match(
      /^Interrupted: 42 of 42 tests ran; .*exit code 130\. To run the rest: kmx run --resume x$/,
    );
  });

  it('says of tests that were never begun how many there are, and calls them no failures', () => {
    const events = sampleRuns()[0]?.[1] ?? [];
    const [begin] = events;
    if (begin === undefined) throw new Error('Expected a run that begins');
    const first = events.findIndex(({ type }) => type === 'test-end') + 1;
    const end = { type: 'run-end', time: begin.time, interrupted: true } as const;
    const painted = { ...options, colors: picocolors.createColors(true) };
    const text = renderSummary(foldEvents([...events.slice(0, first), end]), painted);
    const lines = stripVTControlCharacters(text).trimEnd().split('\n');
    expect(lines.at(-1)).to.match(
      /^Interrupted: 1 of \d+ tests ran, as expected: exit code 130\. To run the rest: kmx/,
    );
    expect(text.trimEnd().split('\n').at(-1)).to.equal(colorsOn.yellow(lines.at(-1) ?? ''));
    expect(lines.filter((line) => line.startsWith('miss'))).to.deep.equal([]);
    expect(lines.filter((line) => line.startsWith('no result'))).to.have.length(1);
  });

  it('shows a thing that went wrong a hundred times once', () => {
    const [cell] = sample.cells;
    if (cell === undefined) throw new Error('Expected a sample cell');
    const miss = {
      file: 'boots',
      title: 'boots',
      verdict: 'miss',
      durationMs: 0,
      findings: [],
      judgement: { status: 'unmeasured' },
    } as const;
    const cells = Array.from({ length: 100 }, (_, index) => ({
      ...cell,
      id: `cell-${index}`,
      tests: [{ ...miss, findings: [], detail: { message: 'no QEMU' } }],
    }));
    const failures = groupFailures(cells);
    const text = renderSummary({ ...sample, cells, crashes: [], failures }, options);
    expect(text.match(/no QEMU/g)).to.have.length(1);
    expect(text).to.include('100 tests of 100 cells: cell-0, cell-1, … and 98 more');
  });

  it('shows no more rows of a large table than anybody reads, and says how many there are', () => {
    const [cell] = sample.cells;
    if (cell === undefined) throw new Error('Expected a sample cell');
    const cells = Array.from({ length: 250 }, (_, index) => ({
      ...cell,
      id: `cell-${index}`,
      kernel: `kernel-${index}`,
    }));
    const text = renderSummary({ ...sample, cells }, options);
    expect(text.match(/^kernel-\d/gm)).to.have.length(200);
    expect(text).to.include('\n… and 50 rows more: see reports/latest/report.json\n');
    const narrow = renderSummary({ ...sample, cells }, { ...options, width: 10 });
    expect(narrow.match(/^cell-/gm)).to.have.length(200);
    expect(narrow).to.include('\n… and 50 cells more: see');
  });
});
