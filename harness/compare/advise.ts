/** A run → for each agent, what fails where and why, and the smallest changes that make it pass. */
import type { NamedCell } from '../matrix/cell.ts';
import { ADVICE_VERSION, type Advice, type AgentAdvice } from './advice.ts';
import type { ComparedCell, ComparedRun } from './compared-run.ts';
import { failuresOf } from './failures.ts';
import { findImpacts } from './impacts.ts';
import type { Knowledge } from './knowledge.ts';
import { findWays } from './ways.ts';

export interface AdviseOptions {
  readonly knowledge: Knowledge;
  /** Cells of the matrix, some of which may not have been run. */
  readonly matrixCells?: readonly NamedCell[];
}

export function advise(run: ComparedRun, options: AdviseOptions): Advice {
  const byAgent = Map.groupBy(run.cells, ({ agent }) => agent);
  return {
    version: ADVICE_VERSION,
    run: run.id,
    agents: [...byAgent].flatMap(([agent, cells]) => adviseOn(agent, cells, run, options)),
    missing: run.missing,
  };
}

function adviseOn(
  agent: string,
  cells: readonly ComparedCell[],
  run: ComparedRun,
  options: AdviseOptions,
): readonly AgentAdvice[] {
  const failing = cells.filter((cell) => failuresOf(cell).length > 0);
  if (failing.length === 0) return [];
  const { ways, helpless } = findWays(failing, run.cells, options);
  const impacts = findImpacts(cells, options.knowledge);
  return [{ agent, cells: cells.length, failing: failing.length, impacts, ways, helpless }];
}
