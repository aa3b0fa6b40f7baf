import type { Verdict } from '../verdict/verdict.ts';
import type { CellReport, CrashReport, Totals } from './schema.ts';

export function countVerdicts(tests: Iterable<{ readonly verdict: Verdict }>): Totals {
  const totals: Totals = {};
  for (const { verdict } of tests) totals[verdict] = (totals[verdict] ?? 0) + 1;
  return totals;
}

/** Each crash that decided a test, once, in the order in which they appeared. */
export function groupCrashes(cells: readonly CellReport[]): CrashReport[] {
  const crashes = new Map<string, CrashReport>();
  for (const cell of cells) {
    for (const { findings, guest, verdict } of cell.tests) {
      const [finding] = findings;
      if (finding === undefined || finding.class !== verdict) continue;
      const { class: kind, title, place, excerpt } = finding;
      const key = JSON.stringify([kind, title, place]);
      const crash = crashes.get(key) ?? {
        class: kind,
        title,
        ...(place === undefined ? {} : { place }),
        tests: 0,
        cells: [],
        first: { cell: cell.id, ...(guest === undefined ? {} : { guest }), excerpt },
      };
      crash.tests += 1;
      if (!crash.cells.includes(cell.id)) crash.cells.push(cell.id);
      crashes.set(key, crash);
    }
  }
  return [...crashes.values()];
}
