import { BOOTS } from '../../../events.ts';
import type { CellReport, TestReport } from '../../../report/schema.ts';
import { h } from '../../element.ts';
import { linkTo, scenarioAddress } from '../addresses.ts';
import type { CellContext } from './cell-context.ts';
import { isPlain, PlainBlock } from './plain-block.ts';
import { TestRow } from './test-row.ts';
import type { TestRowProps } from './test-row-props.ts';
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
  return [
    h(
      'div',
      { class: 'tests-head' },
      h('h3', null, 'Tests'),
      axis !== undefined && h(TimeKey, null),
    ),
    partsOf(rowsOf(tests, cell, context)).map((part) => h(Part, { part })),
  ];
}

function rowsOf(
  tests: readonly TestReport[],
  cell: CellReport,
  context: CellContext,
): readonly TestRowProps[] {
  const axis = axisOf(cell);
  const seen = new Set<number | undefined>([undefined]);
  return tests.map((test) => {
    const isFirstOfGuest = !seen.has(test.guest);
    seen.add(test.guest);
    return { cell, test, isFirstOfGuest, axis, context };
  });
}

interface ListPart {
  /** Undefined: those of some files, all of them plain. */
  readonly file: string | undefined;
  readonly rows: TestRowProps[];
}

function partsOf(rows: readonly TestRowProps[]): readonly ListPart[] {
  const parts: ListPart[] = [];
  for (const own of splitBy(rows, ({ test }) => test.file)) {
    const file = own.every(isPlain) ? undefined : own[0]?.test.file;
    const last = parts.at(-1);
    if (file === undefined && last !== undefined && last.file === undefined) last.rows.push(...own);
    else parts.push({ file, rows: own });
  }
  return parts;
}

function Part({ part: { file, rows } }: { readonly part: ListPart }) {
  if (file === undefined) return h(PlainBlock, { rows });
  return [
    file === BOOTS.file
      ? null
      : h('p', { class: 'file' }, h('a', { href: linkTo(scenarioAddress(file)) }, file)),
    h(
      'ol',
      { class: 'tests', 'data-file': file },
      splitBy(rows, isPlain).map((own) => {
        const [first] = own;
        return first === undefined || isPlain(first)
          ? h(PlainBlock, { rows: own, file })
          : own.map((row) => h(TestRow, row));
      }),
    ),
  ];
}

/** Neighbours that have the same key stay together. */
function splitBy<T>(all: readonly T[], keyOf: (one: T) => unknown): T[][] {
  const runs: T[][] = [];
  for (const one of all) {
    const last = runs.at(-1);
    if (last?.[0] !== undefined && keyOf(last[0]) === keyOf(one)) last.push(one);
    else runs.push([one]);
  }
  return runs;
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
