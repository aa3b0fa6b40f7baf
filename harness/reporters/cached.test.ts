import { expect } from 'chai';
import picocolors from 'picocolors';
import type { RunEvent } from '../events.ts';
import { parseEventLines } from '../report/event-lines.ts';
import { createReportFold } from '../report/fold-report.ts';
import { describeCached } from './cached.ts';
import { createPlainReporter } from './plain.ts';
import { renderProgress } from './progress-lines.ts';
import { renderSummary } from './summary.ts';
import { faultsOf } from './testing/junit-faults.ts';
import { renderJunit } from './testing/render-junit.ts';
import { foldEvents, recordedRun } from './testing/runs.ts';

const colors = picocolors.createColors(false);
const command = (words: readonly string[]): string => ['scripts/kmx', ...words].join(' ');
const options = {
  colors,
  width: 100,
  folder: 'reports/latest',
  resume: 'kmx run --resume x',
  command,
};
const measured = { run: '20261124-161209-0ae5', time: '2026-11-24T16:12:30.000Z' };

/** The recorded run, with every pass taken from an earlier run. */
function runWithCached(): readonly RunEvent[] {
  return recordedRun().map((event) =>
    event.type === 'test-end' && event.verdict === 'pass' ? { ...event, cached: measured } : event,
  );
}

describe('cached tests', () => {
  const events = runWithCached();
  const report = foldEvents(events);
  const cached = report.cells.flatMap(({ tests }) =>
    tests.filter(({ verdict }) => verdict === 'pass'),
  );

  it('are told by their number and the run that measured them, or by the last of several', () => {
    expect(describeCached([{}, {}])).to.equal(undefined);
    expect(describeCached([{ cached: measured }, {}, { cached: measured }])).to.equal(
      '2 cached from 20261124-161209-0ae5',
    );
    const later = { run: '20261125-060000-beef', time: '2026-11-25T06:01:00.000Z' };
    expect(describeCached([{ cached: later }, { cached: measured }])).to.equal(
      '2 cached from 2 runs, the last 20261125-060000-beef',
    );
  });

  it('stay so in events that are read back, and in the report', () => {
    const log = events.map((event) => `${JSON.stringify(event)}\n`).join('');
    expect(parseEventLines(log)).to.deep.equal(events);
    expect(cached.length).to.be.above(0);
    for (const test of cached) expect(test.cached).to.deep.equal(measured);
  });

  it('are in the summary of a red run, beside what is wrong in it', () => {
    const text = renderSummary(report, options);
    const number = report.cells.flatMap(({ tests }) => tests).length;
    expect(text).to.include(
      `\n${number} tests, ${cached.length} cached from ${measured.run}: nothing they depend on has changed`,
    );
    expect(text).to.match(/not as expected .* exit code 1\.\n$/);
    expect(renderSummary(foldEvents(recordedRun()), options)).not.to.include('cached');
  });

  it('are counted in the line of each cell, and while a run goes on', () => {
    let text = '';
    const reporter = createPlainReporter(
      (part) => {
        text += part;
      },
      { colors, resume: 'kmx run --resume x' },
    );
    for (const event of events) reporter.onEvent?.(event);
    const [first] = report.cells;
    expect(text).to.match(new RegExp(`pass.* in \\d+ s, ${first?.totals.pass} cached\n`));
    const fold = createReportFold();
    for (const event of events) fold.push(event);
    const [header] = renderProgress(
      fold.progress(),
      { nowMs: 1000, elapsedMs: 1000, colors },
      { columns: 200, rows: 40 },
    );
    expect(header).to.include(`  ${cached.length} cached  1 s`);
  });

  it('are a property of their suite in junit.xml, which stays valid', async () => {
    const xml = renderJunit(report);
    expect(await faultsOf(xml)).to.deep.equal([]);
    const [first] = report.cells;
    expect(xml).to.include(
      `<property name="cached" value="${first?.totals.pass} cached from ${measured.run}"/>`,
    );
  });
});
