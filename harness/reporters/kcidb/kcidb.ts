/**
 * KCIDB 5.3, the form in which CI systems send results to KernelCI's database. Our own code, after the
 * schema: the library for it is Python's. Nothing is sent: what a result means to others is for people to say.
 *
 * A kernel is a build (of a checkout that nothing more is known of), a test in a cell is a test run, a
 * signature is an issue, and each test that it hits is an incident.
 */
import { buildOf } from '../../matrix/cell.ts';
import type { RunReport } from '../../report/schema.ts';
import { casesOf, namesOf } from '../cases.ts';
import { FORMATS, type ReportFormat } from '../format.ts';
import { buildIdOf, buildsOf, checkoutOf } from './kcidb-builds.ts';
import { incidentsOf, issueOf, issuesOf } from './kcidb-issues.ts';
import { testOf } from './kcidb-tests.ts';

export const kcidbFormat: ReportFormat = {
  name: 'kcidb',
  ...FORMATS.kcidb,
  pieces: kcidbPieces,
};

/** A line for each object. */
function* kcidbPieces(report: RunReport): Generator<string> {
  yield `{"version":{"major":5,"minor":3},\n"checkouts":[\n${JSON.stringify(checkoutOf(report))}],\n`;
  yield* listPieces('builds', buildsOf(report));
  yield* listPieces('tests', eachTest(report));
  const issues = issuesOf(report);
  yield* listPieces('issues', issues.map(issueOf));
  yield* listPieces('incidents', incidentsOf(issues, report), '\n}\n');
}

function* eachTest(report: RunReport): Generator<object> {
  for (const cell of report.cells) {
    const cases = casesOf(cell);
    const names = namesOf(cases);
    const buildId = buildIdOf(report, buildOf(cell));
    for (const [index, test] of cases.entries()) {
      yield testOf({ cell, test, name: names[index] ?? '', buildId }, report);
    }
  }
}

function* listPieces(name: string, objects: Iterable<object>, end = ',\n'): Generator<string> {
  yield `${JSON.stringify(name)}:[`;
  let before = '\n';
  for (const object of objects) {
    yield `${before}${JSON.stringify(object)}`;
    before = ',\n';
  }
  yield `]${end}`;
}
