import { variantOf } from '../../report/cell-row.ts';
import { cellStateOf } from '../../report/cell-state.ts';
import { newHitsOf } from '../../report/new-hits.ts';
import type { CellReport, RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { kernelAddress, linkTo } from './addresses.ts';
import { MatrixCell } from './matrix-cell.ts';
import { ScrollTable } from './scroll-table.ts';
import type { SectionContent } from './section.ts';

interface Column {
  readonly cgroup: string;
  readonly agent: string;
}

/** The map: kernels with their configs and machines down, modes and agents across. */
export function matrixSection(report: RunReport): SectionContent {
  return { id: 'matrix', title: 'Matrix', body: h(MatrixTable, { report }) };
}

function MatrixTable({ report }: { readonly report: RunReport }) {
  const { cells, kernels, missingKernels } = report;
  const linked = new Set([...kernels, ...missingKernels].map(({ name }) => name));
  const byColumn = Map.groupBy(cells, columnKey);
  const columns = [...byColumn.values()].flatMap(([first]) => first ?? []);
  const byCgroup = Map.groupBy(columns, ({ cgroup }) => cgroup);
  const ordered = [...byCgroup.values()].flat();
  const byKernel = Map.groupBy(cells, ({ kernel }) => kernel);
  const newCells = new Set([...newHitsOf(report)].map((key) => key.split('\n')[0] ?? ''));
  return h(
    ScrollTable,
    { label: 'Cells by kernel', kind: 'matrix' },
    h(Heads, { byCgroup }),
    [...byKernel].map(([kernel, own]) =>
      h(KernelRows, {
        ...{ kernel, linked },
        ...{ cells: own, columns: ordered, newCells },
      }),
    ),
  );
}

function columnKey({ cgroup, agent }: Column): string {
  return `${cgroup}\n${agent}`;
}

function Heads({ byCgroup }: { readonly byCgroup: ReadonlyMap<string, readonly Column[]> }) {
  return h(
    'thead',
    null,
    h(
      'tr',
      null,
      h('td', { rowSpan: 2, class: 'stub' }),
      [...byCgroup].map(([cgroup, own]) =>
        h(
          'th',
          { scope: 'colgroup', colSpan: own.length, class: 'starts' },
          h('code', null, cgroup),
        ),
      ),
    ),
    h(
      'tr',
      null,
      [...byCgroup.values()].map((own) =>
        own.map(({ agent }, index) =>
          h('th', { scope: 'col', class: startClass(index === 0) }, h(Name, null, agent)),
        ),
      ),
    ),
  );
}

function startClass(isFirst: boolean): string | undefined {
  return isFirst ? 'starts' : undefined;
}

function KernelRows({
  kernel,
  linked,
  cells,
  columns,
  newCells,
}: {
  readonly kernel: string;
  /** Kernels that the page has more on: a run that was cut off may not have come to all. */
  readonly linked: ReadonlySet<string>;
  readonly cells: readonly CellReport[];
  readonly columns: readonly Column[];
  readonly newCells: ReadonlySet<string>;
}) {
  const byVariant = [...Map.groupBy(cells, variantOf)].map(
    ([variant, own]) => [variant, new Map(own.map((cell) => [columnKey(cell), cell]))] as const,
  );
  return h(
    'tbody',
    null,
    byVariant.map(([variant, own], index) =>
      h(
        'tr',
        null,
        h(
          'th',
          { scope: 'row', class: 'stub' },
          h(RowName, { kernel, build: buildOfRow(own), linked, variant, isFirst: index === 0 }),
        ),
        columns.map((column, at) => {
          const cell = own.get(columnKey(column));
          const isStart = columns[at - 1]?.cgroup !== column.cgroup;
          if (cell === undefined) {
            return h('td', { class: startClass(isStart) }, h('span', { class: 'quiet' }, '–'));
          }
          const state = cellStateOf(cell);
          return h(MatrixCell, { id: cell.id, state, isNew: newCells.has(cell.id), isStart });
        }),
      ),
    ),
  );
}

/** The kernel that was built for the row's config. */
function buildOfRow(cells: ReadonlyMap<string, CellReport>): string | undefined {
  return [...cells.values()][0]?.build;
}

/** A kernel is named once, its configs and machines below it. */
function RowName({
  kernel,
  build,
  linked,
  variant,
  isFirst,
}: {
  readonly kernel: string;
  readonly build: string | undefined;
  readonly linked: ReadonlySet<string>;
  /** Its config and its machine; empty if they go without saying. */
  readonly variant: string;
  readonly isFirst: boolean;
}) {
  const linkProps = (to: string | undefined) =>
    to !== undefined && linked.has(to)
      ? ({ tag: 'a', href: linkTo(kernelAddress(to)) } as const)
      : ({ tag: 'span', href: undefined } as const);
  const { tag, href } = linkProps(kernel);
  const name = h(tag, { class: 'kernel', href }, h(Name, null, kernel));
  if (variant === '' && isFirst) return name;
  const { tag: ownTag, href: ownHref } = linkProps(build);
  const own = h(
    ownTag,
    { class: isFirst ? 'config quiet' : 'config quiet below', href: ownHref },
    h(Name, null, variant === '' ? 'default' : variant),
  );
  if (isFirst) return [name, ' ', own];
  return [h('span', { class: 'hidden' }, `${kernel} `), own];
}
