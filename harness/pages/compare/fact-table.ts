import type { FactRow } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { ColumnHeads, columnCells } from './column-cell.ts';

/** What kernels were found to offer, by trying, where they differ. */
export function FactTable({
  names,
  facts,
  config,
}: {
  readonly names: readonly string[];
  readonly facts: readonly FactRow[];
  /** Of the matrix: whose cells they are from. */
  readonly config: string | undefined;
}) {
  const byTopic = Map.groupBy(facts, ({ fact }) => topicOf(fact));
  return h(
    'section',
    { 'aria-labelledby': 'facts' },
    h(
      'div',
      { class: 'section-head' },
      h('h2', { id: 'facts' }, 'What the guests were found to offer'),
      config !== undefined && h('span', { class: 'quiet' }, 'with config ', h(Name, null, config)),
    ),
    h(
      'table',
      { class: 'wide', 'aria-labelledby': 'facts' },
      h(ColumnHeads, { names, first: 'Fact' }),
      [...byTopic].map(([topic, rows]) => h(Topic, { topic, rows, columns: names.length })),
    ),
  );
}

const TOPICS: Readonly<Record<string, string>> = {
  v1: 'cgroup v1: mounting a controller',
  v2: 'cgroup v2: enabling a controller',
  'v1-file': 'cgroup v1: control files',
  'v2-file': 'cgroup v2: control files',
  'mount-option': 'cgroup v2: mount options',
  'proc-cgroups': 'What /proc/cgroups claims',
  namespace: 'Namespaces',
  lsm: 'Linux security modules',
};

const OTHER_TOPIC = 'Other';

function topicOf(fact: string): string {
  const [prefix = '', rest] = fact.split('/');
  return (rest !== undefined && TOPICS[prefix]) || OTHER_TOPIC;
}

function nameOf(fact: string): string {
  return topicOf(fact) === OTHER_TOPIC ? fact : fact.slice(fact.indexOf('/') + 1);
}

function Topic({
  topic,
  rows,
  columns,
}: {
  readonly topic: string;
  readonly rows: readonly FactRow[];
  readonly columns: number;
}) {
  return h(
    'tbody',
    null,
    h(
      'tr',
      { class: 'topic' },
      h('th', { scope: 'rowgroup' }, topic),
      h('td', { colSpan: columns }),
    ),
    rows.map(({ fact, values }) =>
      h(
        'tr',
        { id: `fact/${encodeURIComponent(fact.toWellFormed())}` },
        h('th', { scope: 'row', class: 'what' }, h(Name, null, nameOf(fact))),
        columnCells(values, (value) =>
          value === null
            ? h('span', { class: 'quiet' }, 'not known or mixed')
            : h('code', null, value),
        ),
      ),
    ),
  );
}
