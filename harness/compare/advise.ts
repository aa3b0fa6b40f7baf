/** A run → for each agent, what fails where and why, and the smallest changes that make it pass. */
import type { NamedCell } from '../matrix/cell.ts';
import { testKey } from '../report/standing-results.ts';
import { ADVICE_VERSION, type Advice, type AgentAdvice, type Impact, type Way } from './advice.ts';
import type { ComparedCell, ComparedRun, ComparedTest } from './compared-run.ts';
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
  const impacts = findImpacts(cells, options.knowledge);
  const once = failing.filter((cell) =>
    failuresOf(cell).every((test) => isLoneFault(test, impacts)),
  );
  const others = failing.filter((cell) => !once.includes(cell));
  const { ways, helpless } = findWays(others, run.cells, options);
  const all = [...runAgain(once), ...ways];
  return [{ agent, cells: cells.length, failing: failing.length, impacts, ways: all, helpless }];
}

/** Fewer could be alike by chance. */
const MANY_CELLS = 4;

/**
 * Whether a test failed like this in one cell alone, passes in others, and nothing tells why: a busy host
 * is as likely as anything, and whatever differs from that cell would look like a remedy.
 */
function isLoneFault(
  { key, verdict, signature }: ComparedTest,
  impacts: readonly Impact[],
): boolean {
  return impacts.some(
    (impact) =>
      impact.cells === 1 &&
      impact.good >= MANY_CELLS &&
      !impact.isTold &&
      impact.verdict === verdict &&
      impact.signature === signature &&
      impact.tests.some(({ file, title }) => testKey(file, title) === key),
  );
}

function runAgain(cells: readonly ComparedCell[]): readonly Way[] {
  const [first] = cells;
  if (first === undefined) return [];
  return [
    {
      kind: 'again',
      text: 'Run it again: it failed like this in one cell alone, and nothing tells why',
      proven: [],
      unproven: cells.map(({ id }) => id),
      command: ['run', '--profile', 'all', '--only', first.id, '--retries', '2'],
    },
  ];
}
