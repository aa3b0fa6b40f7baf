import type { ComponentChildren } from 'preact';
import { h } from '../element.ts';
import { ColumnHeads } from './column-cell.ts';

/** The heads of the folded tables that follow, in sight for as long as they are. */
export function FoldedHeads({
  names,
  first,
}: {
  readonly names: readonly string[];
  readonly first: string;
}) {
  // Each table has its own for those who listen.
  return h(
    'table',
    { class: 'wide heads', 'aria-hidden': 'true' },
    h(ColumnHeads, { names, first }),
  );
}

/** One of several tables below the same heads. */
export function FoldedTable({
  names,
  first,
  title,
  counts,
  isOpen,
  kind,
  children,
}: {
  readonly names: readonly string[];
  readonly first: string;
  readonly title: string;
  /** How many rows it has. */
  readonly counts: ComponentChildren;
  readonly isOpen: boolean;
  readonly kind: 'menu' | 'topic';
  readonly children?: ComponentChildren;
}) {
  return h(
    'details',
    { class: `folded ${kind}`, open: isOpen },
    h('summary', null, title, ' ', counts),
    h('table', { class: 'wide', 'aria-label': title }, h(ColumnHeads, { names, first }), children),
  );
}
