import { type CellWithFacts, factColumns } from '../../facts/fact-column.ts';
import { isLost } from '../../facts/fact-map.ts';
import {
  createFactSheet,
  type FactRow,
  type FactSheet,
  type FactStep,
} from '../../facts/fact-sheet.ts';
import {
  countFiles,
  describeFiles,
  describeReasons,
  describeStep,
  describeValue,
  nameFact,
  nameRow,
} from '../../facts/words.ts';
import { omitUndefined } from '../../omit-undefined.ts';
import { count } from '../../phrases.ts';
import type { RunReport } from '../../report/schema.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import type { ReportContext } from './report-context.ts';
import { ScrollTable } from './scroll-table.ts';
import type { SectionContent } from './section.ts';

/** What kernels offer, as their guests found out by trying, and what changed from one to the next. */
export function kernelSection({ report, explain }: ReportContext): SectionContent | undefined {
  const cells = report.cells.map(({ kernel, config, build, facts }): CellWithFacts => {
    const slimFacts = facts && slim(facts);
    return { kernel, config, ...omitUndefined({ build, facts: slimFacts }) };
  });
  const sheet = createFactSheet(factColumns(cells, report.facts), explain ?? (() => []), report);
  if (sheet.columns.length === 0) return undefined;
  const note = 'as their guests found out by trying';
  return { id: 'kernels', title: 'What the kernels offer', note, body: h(Facts, { sheet }) };
}

function Facts({ sheet }: { readonly sheet: FactSheet }) {
  const { steps, disagreements } = sheet;
  const rows = [...sheet.v1, ...sheet.v2, ...sheet.others];
  const same = rows.filter(({ values }) => new Set(values).size === 1);
  const differing = rows.filter(({ values }) => new Set(values).size > 1);
  const names = sheet.columns.map(({ name }) => name);
  return [
    differing.length === 0
      ? h('p', null, 'All of them the same.')
      : h(FactTable, { names, rows: differing, label: 'Facts that differ' }),
    same.length > 0 &&
      h(
        'details',
        { class: 'fold' },
        h('summary', null, `${count(same.length, 'fact')} the same on all`),
        h(FactTable, { names, rows: same, label: 'Facts that are the same' }),
      ),
    steps.length > 0 && [
      h('h3', { class: 'sub' }, 'What changed from one to the next'),
      h(
        'ul',
        { class: 'rows steps' },
        steps.map((step) => h(Step, { step })),
      ),
    ],
    disagreements.length > 0 && [
      h('h3', { class: 'sub' }, 'Where /proc/cgroups is wrong'),
      h(
        'ul',
        { class: 'rows' },
        disagreements.map(({ text, columns }) =>
          h('li', null, text, ' ', h('span', { class: 'quiet' }, columns.join(', '))),
        ),
      ),
    ],
  ];
}

function slim({ release, cmdline, probed }: NonNullable<RunReport['cells'][number]['facts']>) {
  return probed === undefined ? { release, cmdline } : { release, cmdline, probed };
}

function FactTable({
  names,
  rows,
  label,
}: {
  readonly names: readonly string[];
  readonly rows: readonly FactRow[];
  readonly label: string;
}) {
  return h(
    ScrollTable,
    { label, kind: 'matrix offers' },
    h(
      'thead',
      null,
      h(
        'tr',
        null,
        h('th', { scope: 'col', class: 'stub' }, 'Fact'),
        names.map((name) => h('th', { scope: 'col' }, h(Name, null, name))),
      ),
    ),
    h(
      'tbody',
      null,
      rows.map((row) =>
        h(
          'tr',
          null,
          h('th', { scope: 'row', class: 'stub' }, nameOf(row)),
          row.values.map((value) =>
            h(
              'td',
              { class: isLost(value) ? 'lost' : undefined },
              h('code', null, describeValue(value)),
            ),
          ),
        ),
      ),
    ),
  );
}

/** Rows of v1 and of v2 stand in one table. */
function nameOf(row: FactRow): string {
  const hierarchy = /^(v[12])\//.exec(row.fact)?.[1];
  return hierarchy === undefined ? nameRow(row) : `${hierarchy} ${nameRow(row)}`;
}

function Step({ step }: { readonly step: FactStep }) {
  const { from, to, changes, files } = step;
  const summary = countFiles(files);
  return h(
    'li',
    null,
    h(
      'div',
      { class: 'row-head' },
      h('code', null, `${from.name} → ${to.name}`),
      ' ',
      h('span', { class: 'quiet' }, describeStep(step)),
    ),
    changes.length === 0 && files.length === 0 && h('div', { class: 'quiet' }, 'no difference'),
    changes.length > 0 &&
      h(
        'ul',
        { class: 'plain changes' },
        changes.map((change) =>
          h(
            'li',
            null,
            nameFact(change.fact),
            ' ',
            h('code', null, `${describeValue(change.before)} → `),
            h('strong', null, h('code', null, describeValue(change.after))),
            change.reasons.length > 0 &&
              h('span', { class: 'quiet' }, ` ${describeReasons(change.reasons)}`),
          ),
        ),
      ),
    files.length > 0 &&
      h(
        'details',
        null,
        h('summary', null, summary),
        h(
          'ul',
          { class: 'plain' },
          files.map((file) => h('li', null, describeFiles(file))),
        ),
      ),
  );
}
