import type { CellReport, TestReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { linkTo, scenarioAddress } from '../addresses.ts';
import type { CellContext } from './cell-context.ts';
import { TestRow } from './test-row.ts';
import { axisOf } from './time-axis.ts';

/** The tests of a cell in the order in which they ran, below the names of their files. */
export function TestList({
  cell,
  tests,
  context,
}: {
  readonly cell: CellReport;
  /** Those that are on the page. */
  readonly tests: readonly TestReport[];
  readonly context: CellContext;
}) {
  const axis = axisOf(cell);
  const seen = new Set<number | undefined>([undefined]);
  return [
    h('h3', null, 'Tests'),
    axis !== undefined && h(TimeKey, null),
    runsOfFiles(tests).map(({ file, own }) => [
      file === 'boots'
        ? null
        : h('p', { class: 'file' }, h('a', { href: linkTo(scenarioAddress(file)) }, file)),
      h(
        'ol',
        { class: 'tests', 'data-file': file },
        own.map((test) => {
          const isFirstOfGuest = !seen.has(test.guest);
          seen.add(test.guest);
          return h(TestRow, { cell, test, isFirstOfGuest, axis, context });
        }),
      ),
    ]),
  ];
}

/** What bars mean. They are only for the eye, and so is this. */
function TimeKey() {
  const part = (kind: string, text: string) =>
    h('span', null, h('span', { class: `swatch ${kind}` }, ''), text);
  return h(
    'p',
    { class: 'time-key quiet', 'aria-hidden': 'true' },
    part('boot', 'guest boots'),
    part('restore', 'guest is restored'),
    part('ran', 'test runs'),
  );
}

interface FileRun {
  readonly file: string;
  readonly own: TestReport[];
}

function runsOfFiles(tests: readonly TestReport[]): readonly FileRun[] {
  const runs: FileRun[] = [];
  for (const test of tests) {
    const last = runs.at(-1);
    if (last?.file === test.file) last.own.push(test);
    else runs.push({ file: test.file, own: [test] });
  }
  return runs;
}
