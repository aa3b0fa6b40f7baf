import type { CellReport } from './schema.ts';

/** How often what executes guests was at fault: in tries at tests, and in guests that waited for one. */
export function countEmulatorFaults(cells: readonly CellReport[]): number {
  return cells.reduce((sum, cell) => sum + countInTests(cell) + countInGuests(cell), 0);
}

function countInTests({ tests }: CellReport): number {
  const tries = tests.flatMap((test) => test.attempts ?? [test]);
  return tries.filter(({ findings }) => findings.some(({ impossible }) => impossible !== undefined))
    .length;
}

function countInGuests({ findings }: CellReport): number {
  return new Set(findings.filter(({ isVoid }) => isVoid).map(({ guest }) => guest)).size;
}
