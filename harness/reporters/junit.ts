/**
 * junit.xml. Written by hand: the libraries for it let control characters through, which makes the
 * whole file unreadable to every consumer, or know no way to say what kind of failure it was. Only
 * elements and attributes that the strict readers (Jenkins' junit-10.xsd) accept.
 */
import { join } from 'node:path';
import type { CellReport, RunReport, TestReport } from '../report/schema.ts';
import { cut, toLine, toPrintable } from '../text.ts';
import { isCrash } from '../verdict/finding.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Reporter } from './reporter.ts';
import { replaceFile } from './write-file.ts';

export function createJunitReporter(folder: string): Reporter {
  return { onEnd: (report) => replaceFile(join(folder, 'junit.xml'), renderJunit(report)) };
}

const TEXT_LENGTH_MAX = 16_384;
const NAME_LENGTH_MAX = 300;
const MESSAGE_LENGTH_MAX = 500;

/** `miss` and `error`: nothing was measured. Everything else bad is a failure of the product. */
function kindOf(verdict: Verdict): 'passed' | 'skipped' | 'error' | 'failure' {
  if (verdict === 'pass') return 'passed';
  if (verdict === 'skip') return 'skipped';
  return verdict === 'miss' || verdict === 'error' ? 'error' : 'failure';
}

export function renderJunit(report: RunReport): string {
  const name = `kernel-matrix ${attribute(report.run)}`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${name}" ${counts(report.cells.flatMap(casesOf))}>`,
    ...report.cells.map(renderSuite),
    '</testsuites>',
    '',
  ].join('\n');
}

/** The tests of a cell, and as cases of their own what was recognised outside of them. */
function casesOf({ tests, findings: loose }: CellReport): readonly TestReport[] {
  const cases = loose.flatMap(({ guest, finding }) =>
    isCrash(finding)
      ? [
          {
            file: `guest ${guest}`,
            title: finding.title,
            verdict: finding.class,
            durationMs: 0,
            guest,
            detail: { message: finding.title },
            findings: [finding],
          },
        ]
      : [],
  );
  return [...tests, ...cases];
}

function renderSuite(cell: CellReport): string {
  const cases = casesOf(cell);
  return [
    `  <testsuite name="${attribute(cell.id)}" ${counts(cases)}>`,
    ...cases.map((test) => renderCase(cell, test)),
    '  </testsuite>',
  ].join('\n');
}

function renderCase(cell: CellReport, test: TestReport): string {
  const { file, title, verdict, durationMs, detail } = test;
  const kind = kindOf(verdict);
  const name = toLine(file === title ? title : `${file}: ${title}`, NAME_LENGTH_MAX);
  const names = `classname="${classNameOf(cell)}" name="${attribute(name)}"`;
  const open = `    <testcase ${names} time="${seconds(durationMs)}"`;
  if (kind === 'passed') return `${open}/>`;
  const message = attribute(toLine(detail?.message ?? '', MESSAGE_LENGTH_MAX));
  if (kind === 'skipped') return `${open}><skipped message="${message}"/></testcase>`;
  const body = text(bodyOf(cell, test));
  return `${open}><${kind} type="${verdict}" message="${message}">${body}</${kind}></testcase>`;
}

/** Readers show what stands between dots as levels of a tree, and some only this name of a cell. */
function classNameOf({ kernel, config, cgroup, agent }: CellReport): string {
  return attribute([kernel, config, cgroup, agent].join('.'));
}

function bodyOf({ id }: CellReport, { findings, detail, guest }: TestReport): string {
  const parts = [
    ...(guest === undefined ? [] : [`logs: cells/${id}/guest-${guest}/`]),
    ...findings.map(({ excerpt }) => excerpt),
    ...(detail?.text === undefined ? [] : [detail.text]),
  ];
  return parts.join('\n\n');
}

function counts(tests: readonly TestReport[]): string {
  const count = (kind: string): number =>
    tests.filter(({ verdict }) => kindOf(verdict) === kind).length;
  const time = seconds(tests.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return [
    `tests="${tests.length}"`,
    `failures="${count('failure')}"`,
    `errors="${count('error')}"`,
    `skipped="${count('skipped')}"`,
    `time="${time}"`,
  ].join(' ');
}

/** Readers refuse exponents, which JavaScript writes for small numbers. */
function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function text(value: string): string {
  return cut(toPrintable(value.slice(0, 2 * TEXT_LENGTH_MAX)), TEXT_LENGTH_MAX)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
}

function attribute(value: string): string {
  return text(value)
    .replaceAll('"', '&quot;')
    .replaceAll(/[\n\t]/g, ' ');
}
