import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import picocolors from 'picocolors';
import { outcomeOf } from '../../report/outcome.ts';
import type { RunReport } from '../../report/schema.ts';
import { HOSTILE } from '../../report/testing/sample-ends.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { anyText } from '../../testing/any-text.ts';
import { createPlainReporter } from '../plain.ts';
import { renderSummary } from '../summary.ts';
import { fullReport, hostileReport, USERS_OWN } from '../testing/hostile-report.ts';
import { commandsIn } from '../testing/runner-commands.ts';
import { CONTEXT, foldEvents, sampleRuns } from '../testing/runs.ts';
import { annotationsOf } from './annotations.ts';
import { reportToGithub } from './github-reporter.ts';
import { GITHUB_SUMMARY_BYTES_MAX, githubPieces } from './github-summary.ts';
import { workflowCommand } from './workflow-command.ts';

const LINES = ['\n::error::x', '::stop-commands::y', ' \t::add-mask::z', '##[error]a', '##vso[b]c'];

/** Many failures, none of which is like another. */
function reportOf(failures: number): RunReport {
  const report = foldEvents(createSampleRun());
  const [cell] = report.cells;
  const [group] = report.failures;
  if (cell === undefined || group === undefined) throw new Error('Expected a cell and a failure');
  report.crashes = [];
  report.failures = Array.from({ length: failures }, (_, index) => ({
    ...group,
    verdict: 'fail',
    message: `failure ${index} ${'x'.repeat(200)}`,
    hits: [{ cell: cell.id, test: { file: 'a.spec.ts', title: `t${index}` } }],
  }));
  return report;
}

/** As if two tests passed that the expectation on line 9 is about. */
function withPasses(report: RunReport): RunReport {
  const [one, other] = report.cells.flatMap(({ tests }) => tests);
  for (const test of [one, other]) {
    Object.assign(test ?? {}, {
      verdict: 'pass',
      judgement: { status: 'unexpected-pass', line: 9 },
    });
  }
  return report;
}

describe('annotations of a job', () => {
  it('are at most ten, and the last one says how many more there are', () => {
    const commands = commandsIn(annotationsOf(reportOf(30), CONTEXT).join('\n'));
    expect(commands).to.have.length(10);
    expect(commands.at(-1)?.message).to.equal('21 more: see the summary of this job');
  });

  it('begin with what is new since the baseline', () => {
    const report = reportOf(3);
    const [cell] = report.cells;
    report.baseline = {
      ...{ run: 'before', startedAt: '2026-07-31T10:00:00Z', from: 'latest' },
      ...{ inputs: [], missing: [] },
      changes: [
        {
          change: 'new',
          now: { verdict: 'fail', why: '' },
          hits: [{ cell: cell?.id ?? '', test: { file: 'a.spec.ts', title: 't2' } }],
        },
      ],
    };
    const [first, second] = commandsIn(annotationsOf(report, CONTEXT).join('\n'));
    expect(first?.properties.title).to.match(/^new fail: failure 2 /);
    expect(second?.properties.title).to.match(/^fail: failure 0 /);
  });

  it('stand on the line of an expectation that has to be edited', () => {
    const report = fullReport(reportOf(0));
    const stale = commandsIn(annotationsOf(report, CONTEXT).join('\n'));
    expect(stale.map(({ properties }) => properties)).to.deep.equal([
      { title: 'stale expectation', file: 'expectations.yaml', line: '3' },
      { title: 'expired expectation', file: 'expectations.yaml', line: '15' },
    ]);
  });

  it('stand on the line of an expectation whose tests passed', () => {
    const report = withPasses(fullReport(reportOf(0)));
    const passes = commandsIn(annotationsOf(report, CONTEXT).join('\n')).filter(
      ({ properties }) => properties.title === 'unexpected pass',
    );
    expect(passes).to.deep.equal([
      {
        name: 'error',
        properties: { title: 'unexpected pass', file: 'expectations.yaml', line: '9' },
        message: 'fail old was expected, but 2 tests of 2 passed: delete it',
      },
    ]);
    for (const expectation of report.expectations) expectation.matched = 5;
    expect(annotationsOf(report, CONTEXT).join('\n')).to.include(
      '2 tests of 5 passed: narrow it to those that still fail',
    );
  });

  it('are warnings if they do not make the run red, behind those that do', () => {
    const report: RunReport = { ...withPasses(fullReport(reportOf(12))), failOn: 'new' };
    const [cell] = report.cells;
    if (report.baseline === undefined || cell === undefined) throw new Error('Expected a baseline');
    const namesOf = () =>
      commandsIn(annotationsOf(report, CONTEXT).join('\n')).map(({ name }) => name);
    report.baseline.changes = [];
    expect(outcomeOf(report)).to.equal('good');
    expect(namesOf()).to.deep.equal(Array(10).fill('warning'));
    const test = { file: 'a.spec.ts', title: 't11' };
    const hits = [{ cell: cell.id, test }];
    report.baseline.changes = [{ change: 'new', now: { verdict: 'fail', why: '' }, hits }];
    expect(outcomeOf(report)).to.equal('bad');
    expect(namesOf()).to.deep.equal(['error', ...Array(9).fill('warning')]);
    // A test that is not measured any more is red, too, though it is no new failure.
    report.baseline.changes = [{ change: 'lost', now: { verdict: 'miss', why: '' }, hits }];
    expect(outcomeOf(report)).to.equal('bad');
    expect(namesOf()).to.deep.equal(['error', ...Array(9).fill('warning')]);
  });

  it('are errors if nothing was measured', () => {
    const report: RunReport = { ...fullReport(reportOf(1)), failOn: 'new', totals: { miss: 1 } };
    for (const cell of report.cells) cell.findings = [];
    if (report.baseline !== undefined) report.baseline.changes = [];
    expect(outcomeOf(report)).to.equal('unmeasured');
    const names = commandsIn(annotationsOf(report, CONTEXT).join('\n')).map(({ name }) => name);
    expect(new Set(names)).to.deep.equal(new Set(['error']));
  });

  it('are no other commands, whatever a guest prints', () => {
    const sample = fullReport(foldEvents(createSampleRun()));
    for (const text of [HOSTILE, ...LINES, '%0A::error::x', ',file=/etc/passwd,line=1::']) {
      const lines = annotationsOf(hostileReport(sample, text), CONTEXT);
      const commands = commandsIn(lines.join('\n'));
      expect(commands).to.have.length(lines.length);
      for (const { name, properties } of commands) {
        expect(name).to.equal('error');
        expect(Object.keys(properties)).to.satisfy((keys: readonly string[]) =>
          keys.every((key) => ['title', 'file', 'line'].includes(key)),
        );
      }
    }
  });

  it('say what they were made of', () => {
    fc.assert(
      fc.property(anyText(), anyText(), (title, message) => {
        const line = workflowCommand('error', { title, file: undefined }, message);
        expect(line).not.to.match(/[\r\n]/);
        const [command] = commandsIn(line);
        expect(command).to.deep.equal({ name: 'error', properties: { title }, message });
      }),
    );
  });
});

describe('the summary of a job', () => {
  it('fits into what GitHub takes, and says what is left out', () => {
    const pieces = [...githubPieces(reportOf(5000), CONTEXT, 50_000)];
    expect(Buffer.byteLength(pieces.join(''))).to.be.below(50_000);
    expect(pieces.at(-1)).to.match(/^Left out, since a job summary holds no more: \d+ failures, /);
    expect(pieces.at(-1)).to.include('summary.md');
  });

  it('is as large as GitHub takes with the largest report', () => {
    const report = reportOf(5000);
    for (const { tests } of report.cells) {
      for (const test of tests) Object.assign(test, { isFlaky: true, title: 'x'.repeat(10_000) });
    }
    const text = [...githubPieces(report, CONTEXT)].join('');
    expect(Buffer.byteLength(text)).to.be.below(GITHUB_SUMMARY_BYTES_MAX);
  });

  describe('with a folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmx-github-'));
    after(() => rmSync(folder, { recursive: true }));
    const report = foldEvents(createSampleRun());
    const options = { folder, context: CONTEXT };

    it('is added to what other commands of the job wrote', () => {
      const file = join(folder, 'step.md');
      writeFileSync(file, 'before\n');
      let output = '';
      const write = (text: string): void => {
        output += text;
      };
      const environment = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: file };
      expect(reportToGithub(report, { ...options, environment, write })).to.equal(file);
      expect(readFileSync(file, 'utf8')).to.match(/^before\n# Red: /);
      expect(commandsIn(output)).to.have.length(9);
    });

    it('leaves room for what is there already', () => {
      const file = join(folder, 'full.md');
      writeFileSync(file, 'x'.repeat(GITHUB_SUMMARY_BYTES_MAX));
      const environment = { GITHUB_STEP_SUMMARY: file };
      reportToGithub(report, { ...options, environment, write: () => {} });
      expect(readFileSync(file).length).to.be.below(1024 * 1024);
      expect(readFileSync(file, 'utf8')).to.include('Left out');
    });

    it('is a file of the run elsewhere, without annotations', () => {
      let output = '';
      const write = (text: string): void => {
        output += text;
      };
      const path = reportToGithub(report, { ...options, environment: {}, write });
      expect(readFileSync(path, 'utf8')).to.match(/^# Red: /);
      expect(output).to.equal('');
    });
  });
});

describe('the log of a job', () => {
  const colors = picocolors.createColors(false);

  it('holds no commands, whatever a guest prints', () => {
    for (const text of [HOSTILE, ...LINES]) {
      const sample = fullReport(foldEvents(createSampleRun()));
      const report = hostileReport(sample, text, USERS_OWN);
      const folder = 'reports/x';
      const summary = renderSummary(report, {
        colors,
        width: 80,
        folder,
        resume: 'kmx run',
        command: (words) => words.join(' '),
      });
      expect(commandsIn(summary)).to.deep.equal([]);
    }
  });

  it('holds none while the run is going on', () => {
    for (const text of LINES) {
      let output = '';
      const reporter = createPlainReporter(
        (part) => {
          output += part;
        },
        { colors, resume: 'kmx run' },
      );
      for (const event of sampleRuns()[0]?.[1] ?? []) {
        if (event.type !== 'test-end') reporter.onEvent?.(event);
        else {
          const detail = { ...event.detail, message: text };
          const findings = event.findings.map((finding) => ({ ...finding, title: text }));
          reporter.onEvent?.({ ...event, detail, findings });
        }
      }
      expect(output).to.include('agent-panic');
      expect(commandsIn(output)).to.deep.equal([]);
    }
  });
});
