/** Columns of cells → what differs between them, and the likely reasons. */
import type { Cell } from '../matrix/cell.ts';
import { type Candidate, findCandidates } from './candidates.ts';
import { commonConfig, diffColumns, diffFacts, isCgroupSymbol } from './column-differences.ts';
import { type ColumnCells, createPlaces, type Selected } from './columns.ts';
import type { Environment } from './compared-run.ts';
import {
  COMPARISON_VERSION,
  type Column,
  type Comparison,
  type DifferenceGroup,
} from './comparison.ts';
import { createEvidence, type Evidence } from './evidence.ts';
import type { Knowledge } from './knowledge.ts';
import { findMachineDifferences } from './machine-differences.ts';
import type { AlikeTests } from './near.ts';
import { type PairedGroup, pairTests, placesOf } from './pair-tests.ts';
import { type Ranking, rankCandidates } from './rank.ts';
import { decide, reasonOf } from './reasons.ts';

export interface CompareOptions {
  readonly knowledge: Knowledge;
  /** List every reason. */
  readonly isAll?: boolean;
  /** List what does not differ, too. */
  readonly withSame?: boolean;
  /** Cells of the matrix, some of which may not have been run; asked for only if they may decide. */
  readonly matrixCells?: () => readonly Cell[];
}

/** Each reason is looked for in every cell: for so many groups, which nobody reads, it is not. */
const REASONED_MAX = 100;

export function compare(selected: Selected, options: CompareOptions): Comparison {
  const { axes, columns, runs } = selected;
  const { groups, same, tests } = pairTests(selected);
  const factsConfig = commonConfig(columns);
  const ranked = rankGroups(groups, selected, options);
  const byMachine = findMachineDifferences(runs);
  return {
    version: COMPARISON_VERSION,
    axes,
    columns: columns.map(columnOf),
    tests,
    groups: groups.map((group) => groupOf(group, ranked.get(group), selected, options)),
    ...(options.withSame === true
      ? {
          same: same.map((group) => ({
            outcome: group.outcomes[0] ?? { kind: 'absent' as const },
            places: placesOf(group),
          })),
        }
      : {}),
    facts: diffFacts(columns, factsConfig),
    ...(factsConfig === undefined ? {} : { factsConfig }),
    config: diffColumns(columns),
    ...(byMachine.length === 0 ? {} : { byMachine }),
    missing: [...new Set(runs.flatMap(({ missing }) => missing))],
  };
}

interface Ranked extends Ranking {
  readonly evidence: Evidence;
}

function rankGroups(
  groups: readonly PairedGroup[],
  selected: Selected,
  { knowledge, isAll = false }: CompareOptions,
): ReadonlyMap<PairedGroup, Ranked> {
  const { runs, axes } = selected;
  const findEvidence = createEvidence(selected);
  const isAcrossRuns = axes.includes('run');
  const found = groups.slice(0, REASONED_MAX).flatMap((group) => {
    const evidence = findEvidence(group);
    if (evidence === undefined || evidence.bad === 0 || evidence.good === 0) return [];
    return [{ group, evidence, candidates: findCandidates(evidence, { isAcrossRuns }) }];
  });
  const explained = countExplained(found.map(({ candidates }) => candidates));
  const configs = new Set(
    runs.flatMap(({ cells }) => cells.flatMap(({ environment }) => environment.config ?? [])),
  );
  const isInCgroupMenu = (symbol: string): boolean => isCgroupSymbol(symbol, [...configs]);
  const explains = (candidate: Candidate): number => explained.get(nameOf(candidate)) ?? 0;
  return new Map(
    found.map(({ group, evidence, candidates }) => {
      const rank = { knowledge, isAll, isInCgroupMenu, explains };
      return [
        group,
        { evidence, ...rankCandidates(candidates, alikeTestsOf(group), evidence, rank) },
      ];
    }),
  );
}

function alikeTestsOf({ title, results, places }: PairedGroup): AlikeTests {
  const tests = new Set([...places.values()].flatMap((place) => place.tests));
  return { title, results, tests: [...tests] };
}

function nameOf({ kind, key }: Candidate): string {
  return `${kind} ${key}`;
}

/** By name: how many groups a candidate separates without exception. */
function countExplained(groups: readonly (readonly Candidate[])[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const candidate of groups.flat()) {
    if (candidate.separation < 1) continue;
    counts.set(nameOf(candidate), (counts.get(nameOf(candidate)) ?? 0) + 1);
  }
  return counts;
}

function groupOf(
  group: PairedGroup,
  ranked: Ranked | undefined,
  selected: Selected,
  { matrixCells }: CompareOptions,
): DifferenceGroup {
  const { change, changes, outcomes, title, tests } = group;
  const environments = selected.columns.map((_, column) => environmentsOf(group, column));
  return {
    change: change ?? 'changed',
    changes: changes.map((one) => one ?? null),
    outcomes,
    title,
    tests,
    places: placesOf(group),
    reasons:
      ranked?.listed.map((candidate) => reasonOf(candidate, ranked.evidence, environments)) ?? [],
    isTold: ranked?.isTold ?? false,
    others: ranked?.others ?? {},
    ...(ranked === undefined || ranked.isTold
      ? {}
      : decide(ranked, unrunBeside(group, selected, matrixCells?.() ?? []), selected.axes)),
  };
}

/** What a group's cells in one column ran in. */
function environmentsOf({ places }: PairedGroup, column: number): readonly Environment[] {
  return [...places.values()].flatMap(({ cells }) => cells[column]?.environment ?? []);
}

/** Cells that would be evidence for a group, and are in no run. */
function unrunBeside(
  { places }: PairedGroup,
  { axes, runs }: Selected,
  matrixCells: readonly Cell[],
): readonly Cell[] {
  if (axes.includes('run')) return [];
  const run = new Set(runs.flatMap(({ cells }) => cells.map(({ id }) => id)));
  const placeOf = createPlaces({ axes, runs });
  return matrixCells.filter((cell) => !run.has(cell.id) && places.has(placeOf(cell)));
}

function columnOf({ name, run, cells }: ColumnCells): Column {
  const releases = new Set(cells.flatMap(({ environment }) => environment.release ?? []));
  const configs = new Map(
    cells.flatMap(({ environment: { kernel, config, configDigest } }) =>
      config === undefined ? [] : [[config, { kernel, digest: configDigest }] as const],
    ),
  );
  const [only, ...more] = configs;
  return {
    name,
    run: run.id,
    folder: run.folder,
    cells: cells.length,
    releases: [...releases],
    ...(only === undefined || more.length > 0 ? {} : { config: configOf(...only) }),
  };
}

function configOf(
  { version, compiler }: NonNullable<Environment['config']>,
  { kernel, digest }: { readonly kernel: string; readonly digest: string | undefined },
): NonNullable<Column['config']> {
  return {
    name: kernel,
    ...(digest === undefined ? {} : { digest }),
    ...(version === undefined ? {} : { version }),
    ...(compiler === undefined ? {} : { compiler }),
  };
}
