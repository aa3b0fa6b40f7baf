import type { Cause } from '../needs/feature.ts';
import { splitTestKey } from '../report/standing-results.ts';
import type { ComparedCell } from './compared-run.ts';
import { isLack } from './fact-key.ts';
import { failuresOf } from './failures.ts';
import { type Knowledge, knownKernel } from './knowledge.ts';

/** Why a cell's guests lack what its failing tests rest on, as the table of needs has it. */
export function causesOfLacks(cell: ComparedCell, knowledge: Knowledge): readonly Cause[] {
  const { facts, release } = cell.environment;
  if (facts === undefined || release === undefined) return [];
  const needed = new Set(
    failuresOf(cell).flatMap(({ key }) => knowledge.restsOn(splitTestKey(key), cell)),
  );
  const missing = [...needed].filter((fact) => isLack(facts.get(fact) ?? ''));
  return missing.flatMap((fact) => knowledge.causesBehind(fact, knownKernel(cell.environment)));
}
