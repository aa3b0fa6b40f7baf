import { expect } from 'chai';
import type { RunReport } from '../../report/schema.ts';
import { createSampleRun } from '../../report/testing/sample-run.ts';
import { fullReport } from '../testing/hostile-report.ts';
import { renderFormat } from '../testing/render-format.ts';
import { foldEvents, recordedRun } from '../testing/runs.ts';

interface Kcidb {
  readonly builds: readonly { readonly id: string }[];
  readonly tests: readonly {
    readonly id: string;
    readonly build_id: string;
    readonly status: string;
    readonly misc: { readonly verdict: string };
  }[];
  readonly issues: readonly { readonly id: string; readonly comment: string }[];
  readonly incidents: readonly {
    readonly id: string;
    readonly issue_id: string;
    readonly test_id: string;
  }[];
}

async function kcidb(report: RunReport): Promise<Kcidb> {
  return JSON.parse(await renderFormat('kcidb', report));
}

describe('kcidb.json', () => {
  it('has a test for each test in a cell, and for each crash outside of tests', async () => {
    const report = foldEvents(createSampleRun());
    const { tests } = await kcidb(report);
    const planned = report.cells.flatMap((cell) => cell.tests);
    expect(tests).to.have.length(planned.length + 1);
    expect(new Set(tests.map(({ id }) => id)).size).to.equal(tests.length);
  });

  it('calls a hang a failure, and what was not measured a miss', async () => {
    const { tests } = await kcidb(foldEvents(createSampleRun()));
    const statuses = new Map(tests.map(({ misc, status }) => [misc.verdict, status]));
    expect(Object.fromEntries(statuses)).to.deep.equal({
      pass: 'PASS',
      skip: 'SKIP',
      fail: 'FAIL',
      hang: 'FAIL',
      'kernel-panic': 'FAIL',
      'kernel-oops': 'FAIL',
      'agent-panic': 'FAIL',
      'boot-failure': 'FAIL',
      error: 'ERROR',
      miss: 'MISS',
    });
  });

  it('refers only to what it has', async () => {
    for (const report of [foldEvents(recordedRun()), fullReport(foldEvents(createSampleRun()))]) {
      const { builds, tests, issues, incidents } = await kcidb(report);
      const known = new Set([...builds, ...tests, ...issues].map(({ id }) => id));
      const wanted = [
        ...tests.map(({ build_id }) => build_id),
        ...incidents.flatMap(({ issue_id, test_id }) => [issue_id, test_id]),
      ];
      expect(wanted.filter((id) => !known.has(id))).to.deep.equal([]);
    }
  });

  it('has an issue for each signature, the same in every run, and an incident for each hit', async () => {
    const report = foldEvents(recordedRun());
    const one = await kcidb(report);
    const other = await kcidb({ ...report, run: 'another' });
    expect(one.issues).to.have.length(report.crashes.length);
    expect(one.issues).to.deep.equal(other.issues);
    expect(one.incidents).to.have.length(report.crashes.flatMap(({ hits }) => hits).length);
    expect(new Set([...one.incidents, ...other.incidents].map(({ id }) => id)).size).to.equal(
      2 * one.incidents.length,
    );
  });
});
