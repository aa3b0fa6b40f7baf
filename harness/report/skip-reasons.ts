/** Why tests and whole cells were skipped: a reader must be able to see what was not tested. */
import type { Hit } from './problems.ts';
import type { RunReport } from './schema.ts';
import { whySkipped } from './skipped-cell.ts';

export interface SkipReason {
  readonly reason: string;
  /** The host cannot run these cells as they are meant; else it is single tests that need what guests lack. */
  readonly isOfCells: boolean;
  /** Of a cell, its test `boots`, which stands for the others. */
  readonly hits: readonly Pick<Hit, 'cell' | 'test'>[];
}

/** Each reason once: whole cells before tests, then the most frequent first. */
export function skipReasonsOf({ cells }: Pick<RunReport, 'cells'>): readonly SkipReason[] {
  const reasons = new Map<string, SkipReason & { readonly hits: Pick<Hit, 'cell' | 'test'>[] }>();
  for (const cell of cells) {
    const isOfCells = whySkipped(cell) !== undefined;
    for (const { verdict, detail, file, title } of cell.tests) {
      if (verdict !== 'skip') continue;
      const reason = detail?.message ?? 'without a reason';
      const key = `${isOfCells} ${reason}`;
      const found = reasons.get(key) ?? { reason, isOfCells, hits: [] };
      reasons.set(key, found);
      found.hits.push({ cell: cell.id, test: { file, title } });
    }
  }
  return [...reasons.values()].sort(
    (one, other) =>
      Number(other.isOfCells) - Number(one.isOfCells) || other.hits.length - one.hits.length,
  );
}
