import { isGood } from '../verdict/verdict.ts';
import type { ComparedCell, ComparedTest } from './compared-run.ts';

/** Tests of a cell that went wrong; what was not measured has not. */
export function failuresOf({ tests }: Pick<ComparedCell, 'tests'>): readonly ComparedTest[] {
  return tests.filter(({ verdict }) => !isGood(verdict) && verdict !== 'miss');
}
