import type { FactRow } from '../../compare/comparison.ts';
import { h } from '../element.ts';
import { Name } from '../name.ts';
import { columnCells } from './column-cell.ts';
import { FoldedHeads, FoldedTable } from './folded-table.ts';

/** More facts than this of one topic are folded away. */
const FACTS_OPEN_MAX = 8;

/** By the first part of a fact's name, in the order of the page. */
const TOPICS: ReadonlyMap<string, string> = new Map([
  ['v1', 'cgroup v1: mounting a controller'],
  ['v2', 'cgroup v2: enabling a controller'],
  ['offered', 'Controllers that the agent is offered'],
  ['mount-option', 'cgroup v2: mount options'],
  ['v1-file', 'cgroup v1: control files'],
  ['v2-file', 'cgroup v2: control files'],
  ['proc-cgroups', 'What /proc/cgroups claims'],
  ['namespace', 'Namespaces'],
  ['lsm', 'Linux security modules'],
]);
const OTHER = 'Other';

/** What kernels were found to offer, by trying, where they differ. */
export function FactDifferences({
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
    h(FoldedHeads, { names, first: 'Fact' }),
    [...TOPICS.values(), OTHER].map((topic) =>
      h(Topic, { topic, rows: byTopic.get(topic), names }),
    ),
  );
}

function topicOf(fact: string): string {
  return (fact.includes('/') ? TOPICS.get(fact.split('/')[0] ?? '') : undefined) ?? OTHER;
}

function nameOf(fact: string): string {
  return topicOf(fact) === OTHER ? fact : fact.slice(fact.indexOf('/') + 1);
}

function Topic({
  topic,
  rows = [],
  names,
}: {
  readonly topic: string;
  readonly rows: readonly FactRow[] | undefined;
  readonly names: readonly string[];
}) {
  if (rows.length === 0) return null;
  return h(
    FoldedTable,
    {
      names,
      first: 'Fact',
      title: topic,
      counts: h('span', { class: 'quiet' }, rows.length),
      isOpen: rows.length <= FACTS_OPEN_MAX,
      kind: 'topic',
    },
    h(
      'tbody',
      null,
      rows.map((row) => h(Fact, { row })),
    ),
  );
}

function Fact({ row: { fact, values } }: { readonly row: FactRow }) {
  return h(
    'tr',
    { id: `fact/${encodeURIComponent(fact.toWellFormed())}` },
    h('th', { scope: 'row', class: 'what' }, h(Name, null, nameOf(fact))),
    columnCells(values, (value) =>
      value === null ? h('span', { class: 'quiet' }, 'not known or mixed') : h('code', null, value),
    ),
  );
}
