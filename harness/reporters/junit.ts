/**
 * junit.xml. Written by hand: the libraries for it let control characters through, which makes the
 * whole file unreadable to every consumer, or know no way to say what kind of failure it was. Only
 * elements and attributes that the strict readers (Jenkins' junit-10.xsd) accept.
 */
import { join } from 'node:path';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';
import { cut, toPrintable } from '../text.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Reporter } from './reporter.ts';
import { replaceFile } from './write-file.ts';

export function createJunitReporter(folder: string): Reporter {
  return { onEnd: (report) => replaceFile(join(folder, 'junit.xml'), renderJunit(report)) };
}

const TEXT_LENGTH_MAX = 16_384;

/** `miss` and `error` say that nothing was measured; everything else bad is a failure of the product. */
function kindOf(verdict: Verdict): 'passed' | 'skipped' | 'error' | 'failure' {
  if (verdict === 'pass') return 'passed';
  if (verdict === 'skip') return 'skipped';
  return verdict === 'miss' || verdict === 'error' ? 'error' : 'failure';
}

export function renderJunit(report: RunReport): string {
  const tests = report.cells.flatMap((cell) => cell.tests);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="kernel-matrix ${attribute(report.run)}" ${counts(tests)}>`,
    ...report.cells.map(renderSuite),
    '</testsuites>',
    '',
  ].join('\n');
}

function renderSuite(cell: CellReport): string {
  const name = attribute(cell.id);
  return [
    `  <testsuite name="${name}" ${counts(cell.tests)}>`,
    ...cell.tests.map((test) => renderCase(cell, test)),
    '  </testsuite>',
  ].join('\n');
}

function renderCase(cell: CellReport, test: TestReport): string {
  const { file, title, verdict, durationMs, detail } = test;
  const kind = kindOf(verdict);
  const name = file === title ? title : `${file}: ${title}`;
  const open = `    <testcase classname="${attribute(cell.id)}" name="${attribute(name)}" time="${seconds(durationMs)}"`;
  if (kind === 'passed') return `${open}/>`;
  const message = attribute(detail?.message ?? '');
  if (kind === 'skipped') return `${open}><skipped message="${message}"/></testcase>`;
  const body = text(bodyOf(cell, test));
  return `${open}><${kind} type="${verdict}" message="${message}">${body}</${kind}></testcase>`;
}

function bodyOf(cell: CellReport, { findings, detail, guest }: TestReport): string {
  const parts = [
    ...findings.map(({ excerpt }) => excerpt),
    ...(detail?.text === undefined ? [] : [detail.text]),
    ...(guest === undefined ? [] : [`logs: cells/${cell.id}/guest-${guest}/`]),
  ];
  return parts.join('\n\n');
}

function counts(tests: readonly TestReport[]): string {
  const count = (kind: string): number =>
    tests.filter(({ verdict }) => kindOf(verdict) === kind).length;
  const time = seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return `tests="${tests.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}" time="${time}"`;
}

/** Readers refuse exponents, which JavaScript writes for small numbers. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function text(value: string): string {
  return cut(toPrintable(value), TEXT_LENGTH_MAX)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\n\t]/g, ' ');
}
