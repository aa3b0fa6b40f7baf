/** Commands that show a result of a run again, for all reports. */
import { join } from 'node:path';
import { BOOTS, isSameTest, type TestId } from '../events.ts';
import { signaturesOf } from '../expectations/judge.ts';
import { nameTest } from '../expectations/test-pattern.ts';
import { DEFAULT_MATRIX, expectationsBeside } from '../matrix/default-files.ts';
import type { CrashReport, RunReport, TestReport } from './schema.ts';

/** Titles are joined with this; what the filter of tests takes are words. */
const BETWEEN_TITLES = ' › ';

export type StartedFrom = Pick<
  RunReport,
  'profile' | 'matrix' | 'expectationsFile' | 'qemu' | 'buildIn' | 'lock'
> & { readonly hasTemplates?: boolean };

/** What is known of a result that is to be seen again. */
export type ResultAgain = TestId &
  Pick<TestReport, 'verdict' | 'signature'> &
  Partial<Pick<TestReport, 'findings' | 'isFlaky'>>;

/**
 * Arguments of `kmx` that show a result again: those of `kmx reproduce` for a failure that has a signature, which
 * nothing but that failure meets, wherever the command is typed; else those that run the test, or the cell, again.
 *
 * @param signature Of the crash in question, if it is not the one that decided.
 */
export function againWords(
  run: StartedFrom,
  cell: string,
  test?: ResultAgain,
  signature?: string,
): readonly string[] {
  const isMeasured = test !== undefined && test.verdict !== 'miss';
  const known = isMeasured ? signaturesOf({ findings: [], ...test }) : [];
  const wanted = known.find((one) => one === signature) ?? test?.signature;
  if (test === undefined || wanted === undefined || !isMeasured) {
    return runWords(run, cell, test);
  }
  return [
    ...['reproduce', referenceTo({ cell, test }), '--signature', wanted],
    // Restoring may be what it takes, or what hides it.
    ...(run.hasTemplates === false ? ['--real-boot'] : []),
    // No expectation is looked for.
    ...matrixWords(run),
    ...placeWords(run),
    // Takes what follows for its number.
    ...(test.isFlaky === true ? ['--until-fails'] : []),
  ];
}

/** The same for a place where something went wrong. */
export function hitWords(
  report: RunReport,
  { cell: id, test }: CrashReport['hits'][number],
  signature?: string,
): readonly string[] {
  if (test === undefined) return runWords(report, id);
  const cell = report.cells.find((one) => one.id === id);
  const result = cell?.tests.find((one) => isSameTest(one, test));
  return result === undefined
    ? runWords(report, id, test)
    : againWords(report, id, result, signature);
}

/** Arguments of `kmx` that run one test, or one cell, of a run again, from the files that the run was started with. */
export function runWords(run: StartedFrom, cell: string, test?: TestId): readonly string[] {
  // What `--only` takes comes last.
  const started = ['--profile', run.profile, ...fileWords(run), ...placeWords(run)];
  const words = ['run', '--no-cache', ...started, '--only', cell];
  if (test === undefined || test.file === BOOTS.file) return words;
  return [...words, `:${test.title.replaceAll(BETWEEN_TITLES, ' ')}`];
}

/** What means this test of this cell to `kmx reproduce`. */
export function referenceTo({ cell, test }: { readonly cell: string; readonly test: TestId }) {
  return `${cell}::${wordsOfTest(test)}`;
}

/** A test's file and title in words, without the colons between them. */
export function wordsOfTest(test: TestId): string {
  return nameTest(test)
    .replaceAll(': ', ' ')
    .split(/\s+/)
    .map((word) => word.replace(/^:+/, ''))
    .filter((word) => word !== '')
    .join(' ');
}

/** Options that change what a test is made from, beside the matrix. */
function placeWords(run: StartedFrom): readonly string[] {
  const place = run.qemu === undefined ? [] : ['--qemu', run.qemu];
  const build = run.buildIn === undefined ? [] : ['--build-in', run.buildIn];
  const lock = run.lock?.isEnforced === true ? ['--locked'] : [];
  return [...place, ...build, ...lock];
}

/** Options of `kmx` that name a run's files; none for those that it would take anyway. */
export function fileWords({
  matrix,
  expectationsFile = expectationsBeside(matrix),
}: Omit<StartedFrom, 'profile'>): readonly string[] {
  const isDefault = join(expectationsFile) === expectationsBeside(matrix);
  return [...matrixWords({ matrix }), ...(isDefault ? [] : ['--expectations', expectationsFile])];
}

function matrixWords({ matrix }: Pick<StartedFrom, 'matrix'>): readonly string[] {
  return join(matrix) === DEFAULT_MATRIX ? [] : ['--matrix', matrix];
}
