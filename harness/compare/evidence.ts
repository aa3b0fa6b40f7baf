/** Which cells have a difference's worse result, and which its better one, with what they ran in. */
import { bestOf, identityOf, worstOf } from './change.ts';
import { createPlaces, type Selected } from './columns.ts';
import type { ComparedCell, ComparedTest, Environment } from './compared-run.ts';
import type { PairedGroup } from './pair-tests.ts';

/** So many cells with the worse and with the better result. */
export interface Weight {
  readonly bad: number;
  readonly good: number;
}

export interface Evidence extends Weight {
  readonly badCells: readonly ComparedCell[];
  readonly environments: ReadonlyMap<Environment, Weight>;
}

/**
 * Looks beyond the columns: at every cell that differs from a cell of the group in nothing but what is
 * compared. A third kernel can refute what two kernels suggest.
 */
export type FindEvidence = (group: PairedGroup) => Evidence | undefined;

export function createEvidence({ axes, runs }: Pick<Selected, 'axes' | 'runs'>): FindEvidence {
  const byPlace = Map.groupBy(
    runs.flatMap(({ cells }) => cells),
    createPlaces({ axes, runs }),
  );
  const known = new WeakMap<ComparedCell, ReadonlyMap<string, ComparedTest>>();
  const testsOf = (cell: ComparedCell): ReadonlyMap<string, ComparedTest> => {
    const tests = known.get(cell) ?? new Map(cell.tests.map((test) => [test.key, test]));
    known.set(cell, tests);
    return tests;
  };

  return ({ results, places }) => {
    const worst = worstOf(results);
    const best = bestOf(results);
    // That nothing was measured is explained where it is reported.
    if (worst === undefined || best === undefined || worst.verdict === 'miss') return undefined;
    if (identityOf(worst) === identityOf(best)) return undefined;
    const [bad, good] = [identityOf(worst), identityOf(best)];
    const badCells: ComparedCell[] = [];
    const goodCells: ComparedCell[] = [];
    for (const [place, { tests }] of places) {
      for (const cell of byPlace.get(place) ?? []) {
        const own = testsOf(cell);
        const identities = new Set(tests.map((test) => identityOf(own.get(test))));
        if (identities.has(bad)) badCells.push(cell);
        else if (identities.has(good)) goodCells.push(cell);
      }
    }
    return {
      badCells,
      bad: badCells.length,
      good: goodCells.length,
      environments: weigh(badCells, goodCells),
    };
  };
}

export function weigh(
  bad: readonly ComparedCell[],
  good: readonly ComparedCell[],
): ReadonlyMap<Environment, Weight> {
  const weights = new Map<Environment, Weight>();
  const add = (cells: readonly ComparedCell[], more: Weight): void => {
    for (const { environment } of cells) {
      weights.set(environment, addWeights(weights.get(environment), more));
    }
  };
  add(bad, { bad: 1, good: 0 });
  add(good, { bad: 0, good: 1 });
  return weights;
}

export function addWeights(one: Weight | undefined, other: Weight): Weight {
  return one === undefined ? other : { bad: one.bad + other.bad, good: one.good + other.good };
}
