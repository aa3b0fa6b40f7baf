import type { FactColumn } from '../facts/fact-column.ts';
import type { FactSheet } from '../facts/fact-sheet.ts';

/** The form of `kmx facts --json`: docs/facts.md describes it. */
export function factsJson(run: string, { interrupted, columns, steps }: FactSheet): object {
  return {
    run,
    interrupted,
    kernels: columns.map(({ map: _, ...column }: FactColumn) => column),
    steps: steps.map(({ from, to, changes, files }) => ({
      from: from.name,
      to: to.name,
      changes,
      files,
    })),
  };
}
