import type { Cell } from './cell.ts';
import { matchesGlob } from './patterns.ts';

/** Whether a cell runs a spec file, by its path below `scenarios/`. */
export function isInCell(cell: Pick<Cell, 'scenarios'>, file: string): boolean {
  return cell.scenarios?.some((glob) => matchesGlob(file, glob)) ?? true;
}
