import { isAsExpected } from '../../report/expected.ts';
import type { RunReport, TestReport } from '../../report/schema.ts';
import { isGood, type Verdict, worstVerdict } from '../../verdict/verdict.ts';
import { h } from '../element.ts';
import { formatCount } from '../format.ts';
import { Name } from '../name.ts';
import { VerdictMark } from '../verdict-mark.ts';
import { linkTo, scenarioAddress, testAddress } from './addresses.ts';
import { PlainMark } from './cell/plain-mark.ts';
import { ScrollTable } from './scroll-table.ts';
import type { SectionContent } from './section.ts';

interface Place {
  readonly cell: string;
  readonly test: TestReport;
}

/** By file and title, then by kernel. */
type Table = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly Place[]>>>;

/** Each test across all cells: on which kernels it passes, and where it does not. */
export function scenarioSection(report: RunReport): SectionContent {
  return {
    id: 'scenarios',
    title: 'Scenarios',
    note: 'each test on each kernel: its worst verdict, and in how many of the cells that ran it',
    body: h(ScenarioTable, { report }),
  };
}

function ScenarioTable({ report }: { readonly report: RunReport }) {
  const kernels = [...new Set(report.cells.map(({ kernel }) => kernel))];
  return h(
    ScrollTable,
    { label: 'Tests by kernel', kind: 'matrix scenarios' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col', class: 'stub' }, 'Test'),
        kernels.map((kernel) => h('th', { scope: 'col' }, h(Name, null, kernel))),
      ),
    ),
    [...tableOf(report)].map(([file, tests]) => h(Scenario, { file, tests, kernels })),
  );
}

function tableOf({ cells }: RunReport): Table {
  const table = new Map<string, Map<string, Map<string, Place[]>>>();
  for (const { id: cell, kernel, tests } of cells) {
    for (const test of tests) {
      const byTitle = upsert(table, test.file, () => new Map<string, Map<string, Place[]>>());
      const byKernel = upsert(byTitle, test.title, () => new Map<string, Place[]>());
      upsert(byKernel, kernel, () => []).push({ cell, test });
    }
  }
  return table;
}

function upsert<V>(map: Map<string, V>, key: string, make: () => V): V {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function Scenario({
  file,
  tests,
  kernels,
}: {
  readonly file: string;
  readonly tests: ReadonlyMap<string, ReadonlyMap<string, readonly Place[]>>;
  readonly kernels: readonly string[];
}) {
  return h(
    'tbody',
    { id: scenarioAddress(file) },
    h(
      'tr',
      { class: 'head' },
      h('td', { colSpan: kernels.length + 1, class: 'stub' }, h(Name, null, file)),
    ),
    [...tests].map(([title, byKernel]) =>
      h(
        'tr',
        null,
        h('th', { scope: 'row', class: 'stub' }, title),
        kernels.map((kernel) => h('td', null, h(Outcome, { places: byKernel.get(kernel) ?? [] }))),
      ),
    ),
  );
}

/** What was not expected comes first; the link leads to the first cell that has it. */
function Outcome({ places }: { readonly places: readonly Place[] }) {
  if (places.length === 0) return h('span', { class: 'quiet' }, '–');
  const unexpected = places.filter(({ test }) => !isAsExpected(test));
  const about = unexpected.length > 0 ? unexpected : places;
  const verdict: Verdict = worstVerdict(about.map(({ test }) => test.verdict));
  const own = about.filter(({ test }) => test.verdict === verdict);
  const [first] = own;
  const ran = places.filter(({ test }) => test.verdict !== 'skip').length;
  const isPlain = isGood(verdict) && unexpected.length === 0;
  if (isPlain || first === undefined) {
    return h(PlainMark, { verdict, count: formatCount(own.length) });
  }
  return h(
    'a',
    { href: linkTo(testAddress(first.cell, first.test)), class: 'state' },
    isGood(verdict)
      ? h(VerdictMark, { verdict: 'fail', word: `unexpected ${verdict}` })
      : h(VerdictMark, { verdict, isKnown: unexpected.length === 0 }),
    ' ',
    h('span', { class: 'number' }, `${formatCount(own.length)}/${formatCount(ran)}`),
  );
}
