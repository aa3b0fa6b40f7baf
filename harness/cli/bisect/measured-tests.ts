/** The tests that a search is about, from the report of a step. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BOOTS, isSameTest, type TestId } from '../../events.ts';
import { parseJson } from '../../parse-json.ts';
import { reportSchema } from '../../report/schema.ts';

/**
 * The tests that failed in the last measurement of a step, or all of them if none did. `boots` is one of
 * them only if it failed.
 * @param folder Of a step: it has a folder for each measurement.
 */
export function measuredTestsIn(folder: string): readonly TestId[] {
  // One that was cut off has no report.
  const files = readdirSync(folder)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((name) => join(folder, name, 'report.json'));
  const path = files.find((file) => existsSync(file));
  if (path === undefined) throw new Error(`Expected a report in ${folder}`);
  const report = reportSchema.parse(parseJson(readFileSync(path, 'utf8')));
  const tests = report.cells.flatMap((cell) => cell.tests);
  const failed = tests.filter(({ verdict }) => verdict !== 'pass' && verdict !== 'skip');
  const chosen = failed.length > 0 ? failed : tests.filter((test) => !isSameTest(test, BOOTS));
  return chosen.map(({ file, title }) => ({ file, title }));
}
