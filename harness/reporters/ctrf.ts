/**
 * CTRF (ctrf.io), which tools for GitHub, Slack, Teams and Jenkins read. Our own code: the package that
 * builds such reports keeps all of one in memory.
 */
import { omitUndefined } from '../omit-undefined.ts';
import { createChangeLookup } from '../report/change-lookup.ts';
import { describeMachines } from '../report/describe-machines.ts';
import { ranMsOf } from '../report/ran-ms.ts';
import type { AttemptReport, CellReport, RunReport } from '../report/schema.ts';
import { cut, toLine, toPrintable } from '../text.ts';
import { isGood } from '../verdict/verdict.ts';
import {
  type Case,
  type CaseKind,
  casesOf,
  evidenceOf,
  explainCase,
  isKnown,
  kindOf,
  logsOf,
  namesOf,
  STALE_MESSAGE,
  staleCases,
} from './cases.ts';
import { FORMATS, type FormatContext, type ReportFormat } from './format.ts';

/** Of the specification that reports follow. */
const SPEC_VERSION = '0.0.0';
const MESSAGE_LENGTH_MAX = 2000;
const TRACE_LENGTH_MAX = 16_384;

export const ctrfFormat: ReportFormat = {
  name: 'ctrf',
  ...FORMATS.ctrf,
  pieces: ctrfPieces,
};

type Status = 'passed' | 'failed' | 'skipped' | 'other';

const STATUS: Readonly<Record<CaseKind, Status>> = {
  passed: 'passed',
  failure: 'failed',
  error: 'failed',
  skipped: 'skipped',
};

function statusOf(test: Pick<Case, 'verdict' | 'judgement'>): Status {
  const kind = kindOf(test);
  // What was not measured is neither a pass nor a failure.
  return kind === 'error' && test.verdict === 'miss' ? 'other' : STATUS[kind];
}

/** A line for each test. */
function* ctrfPieces(report: RunReport, context: FormatContext): Generator<string> {
  const stale = staleCases(report);
  yield `${JSON.stringify(headOf(report)).slice(0, -1)},"results":{\n`;
  yield `"tool":${JSON.stringify({ name: 'kernel-matrix', version: toLine(report.host.kmx) })},\n`;
  yield `"summary":${JSON.stringify(summaryOf(report, stale))},\n`;
  yield `"environment":${JSON.stringify(environmentOf(report))},\n"tests":[`;
  const changeOf = createChangeLookup(report);
  let before = '\n';
  for (const cell of report.cells) {
    const cases = casesOf(cell);
    const names = namesOf(cases);
    for (const [index, test] of cases.entries()) {
      const name = names[index] ?? '';
      const change = changeOf(cell.id, test);
      yield `${before}${JSON.stringify(testOf({ cell, test, name, change }, report, context))}`;
      before = ',\n';
    }
  }
  for (const { title } of stale) {
    yield `${before}${JSON.stringify(staleTest(title))}`;
    before = ',\n';
  }
  yield '\n]}}\n';
}

function headOf({ run, startedAt, endedAt = startedAt }: RunReport): object {
  return {
    reportFormat: 'CTRF',
    specVersion: SPEC_VERSION,
    runId: toLine(run) || 'unknown',
    timestamp: endedAt,
    generatedBy: 'kernel-matrix',
  };
}

function summaryOf(report: RunReport, stale: readonly Case[]): object {
  const { cells, startedAt, endedAt = startedAt } = report;
  const counts = { tests: 0, passed: 0, failed: 0, skipped: 0, pending: 0, other: 0 };
  const add = (test: Case): void => {
    counts.tests += 1;
    counts[statusOf(test)] += 1;
  };
  for (const cell of cells) for (const test of casesOf(cell)) add(test);
  for (const test of stale) add(test);
  const [start, stop] = [Date.parse(startedAt), Date.parse(endedAt)];
  return { ...counts, suites: cells.length, start, stop, duration: ranMsOf(report) ?? 0 };
}

function environmentOf({ profile, host, baseline, totals }: RunReport): object {
  return {
    testEnvironment: toLine(profile),
    osPlatform: 'linux',
    osRelease: toLine(host.kernel),
    extra: {
      machines: toLine(describeMachines(host.machines)),
      verdicts: totals,
      ...omitUndefined({ baseline: baseline && toLine(baseline.run) }),
    },
  };
}

interface Named {
  readonly cell: CellReport;
  readonly test: Case;
  readonly name: string;
  readonly change: string | undefined;
}

function testOf(
  { cell, test, name, change }: Named,
  report: RunReport,
  { folder }: FormatContext,
): object {
  const { verdict, file, durationMs, startMs, attempts } = test;
  const kind = kindOf(test);
  const isBad = kind === 'failure' || kind === 'error' || isKnown(test);
  const { id, kernel, config, cgroup, agent, machine } = cell;
  const start =
    startMs === undefined ? undefined : Math.round(Date.parse(report.startedAt) + startMs);
  const message = kind === 'passed' ? '' : toLine(explainCase(test, report), MESSAGE_LENGTH_MAX);
  const trace = isBad ? printable(evidenceOf(test)) : '';
  const known = isKnown(test) ? 'known ' : '';
  return omitUndefined({
    testId: toLine(`${id}/${name}`, MESSAGE_LENGTH_MAX),
    name,
    suite: [toLine(id), toLine(file)],
    status: statusOf(test),
    rawStatus:
      test.judgement?.status === 'unexpected-pass' ? 'unexpected pass' : `${known}${verdict}`,
    duration: Math.round(durationMs),
    start,
    stop: start === undefined ? undefined : start + Math.round(durationMs),
    filePath: file.endsWith('.spec.ts') ? toLine(`scenarios/${file}`) : undefined,
    message: message === '' ? undefined : message,
    trace: trace === '' ? undefined : trace,
    tags: test.isFlaky ? ['flaky'] : undefined,
    parameters: mapLines({ kernel, config, cgroup, agent, machine }),
    labels: labelsOf(test, change),
    ...(attempts === undefined ? {} : retriesOf(attempts)),
    attachments: isBad ? attachmentsOf(logsOf(cell, test), folder) : undefined,
  });
}

function labelsOf({ signature, cached }: Case, change: string | undefined): object | undefined {
  const labels = omitUndefined({ signature, change, cachedFrom: cached?.run });
  return Object.keys(labels).length === 0 ? undefined : mapLines(labels);
}

function mapLines(values: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, toLine(value)]));
}

/** The attempts before the last one; the first that is no miss stands. */
function retriesOf(attempts: readonly AttemptReport[]): object {
  const before = attempts.slice(0, -1).map(({ verdict, durationMs, detail }, index) => ({
    attempt: index + 1,
    status: statusOf({ verdict }),
    duration: Math.round(durationMs),
    ...(isGood(verdict) || detail?.message === undefined
      ? {}
      : { message: toLine(detail.message, MESSAGE_LENGTH_MAX) }),
  }));
  return {
    retries: attempts.length - 1,
    ...(before.length === 0 ? {} : { retryAttempts: before }),
    extra: { attempts: attempts.map(({ verdict }) => verdict) },
  };
}

function attachmentsOf(logs: readonly string[], folder: string): object | undefined {
  if (logs.length === 0) return undefined;
  return logs.map((log) => ({
    name: log.slice(log.lastIndexOf('/') + 1),
    contentType: 'text/plain',
    path: toPrintable(`${folder}/${log}`),
  }));
}

function staleTest(title: string): object {
  return {
    name: toLine(title, MESSAGE_LENGTH_MAX),
    suite: ['expectations'],
    status: 'failed',
    rawStatus: 'stale expectation',
    duration: 0,
    message: STALE_MESSAGE,
  };
}

function printable(text: string): string {
  return cut(toPrintable(text.slice(0, 2 * TRACE_LENGTH_MAX)), TRACE_LENGTH_MAX);
}
