/** The test that a search is about, from the report of a step. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../errors.ts';
import { BOOTS, isSameTest, type TestId } from '../../events.ts';
import { parseJson } from '../../parse-json.ts';
import { renderFirst } from '../../phrases.ts';
import { reportSchema } from '../../report/schema.ts';

/**
 * The one test that ran; `boots` if none got that far. Throws a UsageError if there were several.
 * @param folder Of a step: it has a folder for each measurement.
 */
export function oneTestIn(folder: string): TestId {
  // One that was cut off has no report.
  const files = readdirSync(folder)
    .toSorted((one, other) => Number(other) - Number(one))
    .map((name) => join(folder, name, 'report.json'));
  const file = files.find((path) => existsSync(path));
  if (file === undefined) throw new Error(`Expected a report in ${folder}`);
  const report = reportSchema.parse(parseJson(readFileSync(file, 'utf8')));
  const tests = report.cells
    .flatMap((cell) => cell.tests)
    .filter((test) => !isSameTest(test, BOOTS));
  const [first, ...others] = tests;
  if (first === undefined) return BOOTS;
  if (others.length === 0) return { file: first.file, title: first.title };
  const titles = tests.map(({ title }) => title);
  throw new UsageError(
    `--test: expected words that select one test; they select ${titles.length}`,
    {
      code: 'TEST_UNCLEAR',
      remedy: `add words of one of these titles: ${renderFirst(titles, 8).join('; ')}`,
    },
  );
}
