/** Columns → groups of tests whose results differ in the same way. */

import { OUTSIDE_TESTS, splitTestKey } from '../report/standing-results.ts';
import { changesOf, gravest, identityOf, outcomeOf, type Result, worstOf } from './change.ts';
import { CHANGES, type Change } from './changes.ts';
import { type ColumnCells, createPlaces, type PlaceOf, type Selected } from './columns.ts';
import type { ComparedCell } from './compared-run.ts';
import type { Comparison, Outcome, Place } from './comparison.ts';

/** Tests that differ in the same way: one row of results, one column each. */
export interface PairedGroup {
  readonly change: Change | undefined;
  readonly changes: readonly (Change | undefined)[];
  readonly results: readonly Result[];
  readonly outcomes: readonly Outcome[];
  readonly title: string;
  readonly places: ReadonlyMap<string, PairedPlace>;
  readonly tests: number;
}

export interface PairedPlace {
  readonly cells: readonly (ComparedCell | undefined)[];
  /** Keys of tests. */
  readonly tests: readonly string[];
}

export interface PairedTests {
  /** Gravest first. */
  readonly groups: readonly PairedGroup[];
  readonly same: readonly PairedGroup[];
  readonly tests: Comparison['tests'];
}

interface OpenGroup {
  readonly results: readonly Result[];
  readonly places: Map<string, { cells: readonly (ComparedCell | undefined)[]; tests: string[] }>;
}

export function pairTests({ axes, columns, runs }: Selected): PairedTests {
  const isAcrossRuns = axes.includes('run');
  const open = new Map<string, OpenGroup>();
  let alone = 0;
  for (const [place, cells] of cellsByPlace(columns, createPlaces({ axes, runs }))) {
    for (const [test, results] of resultsByTest(cells)) {
      if (!isAcrossRuns && results.filter((result) => result !== undefined).length < 2) {
        alone += 1;
        continue;
      }
      const key = results.map(identityOf).join('\n\n');
      const group = open.get(key) ?? { results, places: new Map() };
      open.set(key, group);
      const own = group.places.get(place);
      if (own === undefined) group.places.set(place, { cells, tests: [test] });
      else own.tests.push(test);
    }
  }
  const groups = [...open.values()].map((group) => closeGroup(group, isAcrossRuns));
  const differing = groups.filter(({ change }) => change !== undefined);
  const same = groups.filter(({ change }) => change === undefined);
  return {
    groups: differing.toSorted(byGravity),
    same,
    tests: { ...countTests(differing, same), alone },
  };
}

function cellsByPlace(
  columns: readonly ColumnCells[],
  placeOf: PlaceOf,
): ReadonlyMap<string, readonly (ComparedCell | undefined)[]> {
  const places = new Map<string, (ComparedCell | undefined)[]>();
  for (const [column, { cells }] of columns.entries()) {
    for (const cell of cells) {
      const place = placeOf(cell);
      const row = places.get(place) ?? columns.map(() => undefined);
      row[column] = cell;
      places.set(place, row);
    }
  }
  return places;
}

function resultsByTest(
  cells: readonly (ComparedCell | undefined)[],
): ReadonlyMap<string, readonly Result[]> {
  const rows = new Map<string, Result[]>();
  for (const [column, cell] of cells.entries()) {
    for (const test of cell?.tests ?? []) {
      const row = rows.get(test.key) ?? cells.map(() => undefined);
      row[column] = test;
      rows.set(test.key, row);
    }
  }
  if (rows.get(OUTSIDE_TESTS)?.every(isWithoutCrash) === true) rows.delete(OUTSIDE_TESTS);
  return rows;
}

function isWithoutCrash(result: Result): boolean {
  return result === undefined || result.verdict === 'pass' || result.verdict === 'miss';
}

function closeGroup({ results, places }: OpenGroup, isAcrossRuns: boolean): PairedGroup {
  const changes = changesOf(results, isAcrossRuns);
  const worst = worstOf(results);
  return {
    change: gravest(changes),
    changes,
    results,
    outcomes: results.map(outcomeOf),
    title: worst?.why ?? '',
    places,
    tests: [...places.values()].reduce((sum, { tests }) => sum + tests.length, 0),
  };
}

function byGravity(one: PairedGroup, other: PairedGroup): number {
  const rank = ({ change }: PairedGroup): number =>
    change === undefined ? CHANGES.length : CHANGES.indexOf(change);
  return rank(one) - rank(other) || other.tests - one.tests;
}

function countTests(
  differing: readonly PairedGroup[],
  same: readonly PairedGroup[],
): Omit<Comparison['tests'], 'alone'> {
  const sum = (groups: readonly PairedGroup[]): number =>
    groups.reduce((total, { tests }) => total + tests, 0);
  const counts = CHANGES.map(
    (change) => [change, sum(differing.filter((group) => group.change === change))] as const,
  );
  return {
    compared: sum(differing) + sum(same),
    same: sum(same),
    differing: Object.fromEntries(counts.filter(([, number]) => number > 0)),
  };
}

export function placesOf({ places }: Pick<PairedGroup, 'places'>): readonly Place[] {
  return [...places].map(([where, { cells, tests }]) => ({
    where,
    cells: cells.map((cell) => cell?.id ?? null),
    tests: tests.map(splitTestKey),
  }));
}
