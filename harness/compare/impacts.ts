import { splitTestKey } from '../report/standing-results.ts';
import type { Impact } from './advice.ts';
import { findCandidates } from './candidates.ts';
import { identityOf } from './change.ts';
import { isCgroupSymbol } from './column-differences.ts';
import type { ComparedCell, ComparedTest } from './compared-run.ts';
import { type Evidence, weigh } from './evidence.ts';
import { failuresOf } from './failures.ts';
import type { Knowledge } from './knowledge.ts';
import { rankCandidates } from './rank.ts';
import { reasonOf } from './reasons.ts';

/** Each reason is looked for in every cell: for so many, which nobody reads, it is not. */
const REASONED_MAX = 50;

/** What goes wrong in cells of one agent, by cause, the most cells first. */
export function findImpacts(
  cells: readonly ComparedCell[],
  knowledge: Knowledge,
): readonly Impact[] {
  const causes = new Map<
    string,
    { first: ComparedTest; tests: Set<string>; cells: Set<ComparedCell> }
  >();
  for (const cell of cells) {
    for (const test of failuresOf(cell)) {
      const key = identityOf(test);
      const cause = causes.get(key) ?? { first: test, tests: new Set(), cells: new Set() };
      cause.tests.add(test.key);
      cause.cells.add(cell);
      causes.set(key, cause);
    }
  }
  return [...causes.values()]
    .toSorted((one, other) => other.cells.size - one.cells.size)
    .map(({ first, tests, cells: bad }, index) => {
      const evidence = evidenceOf([...bad], tests, cells);
      const { verdict, signature, why } = first;
      return {
        verdict,
        ...(signature === undefined ? {} : { signature }),
        title: why,
        tests: [...tests].map(splitTestKey),
        where: whereOf([...bad]),
        cells: bad.size,
        good: evidence.good,
        ...(index < REASONED_MAX ? explain(first, tests, evidence, knowledge) : NOT_EXPLAINED),
      };
    });
}

const NOT_EXPLAINED = { reasons: [], isTold: false };

/** Cells of the same modes in which the same tests pass are evidence, whatever else they have. */
function evidenceOf(
  badCells: readonly ComparedCell[],
  tests: ReadonlySet<string>,
  cells: readonly ComparedCell[],
): Evidence {
  const isBad = new Set(badCells);
  const modes = new Set(badCells.map(({ cgroup }) => cgroup));
  const goodCells = cells.filter((cell) => {
    if (isBad.has(cell) || !modes.has(cell.cgroup)) return false;
    const own = cell.tests.filter(({ key }) => tests.has(key));
    return own.some(({ verdict }) => verdict === 'pass');
  });
  return {
    badCells,
    bad: badCells.length,
    good: goodCells.length,
    environments: weigh(badCells, goodCells),
  };
}

function explain(
  first: ComparedTest,
  tests: ReadonlySet<string>,
  evidence: Evidence,
  knowledge: Knowledge,
): Pick<Impact, 'reasons' | 'isTold'> {
  if (evidence.good === 0) return NOT_EXPLAINED;
  const configs = new Set([...evidence.environments.keys()].flatMap(({ config }) => config ?? []));
  const candidates = findCandidates(evidence, { isAcrossRuns: false });
  const subject = { title: first.why, results: [first], tests: [...tests] };
  const { listed, isTold } = rankCandidates(candidates, subject, evidence, {
    knowledge,
    isAll: false,
    isInCgroupMenu: (symbol) => isCgroupSymbol(symbol, [...configs]),
    explains: () => 0,
  });
  return { reasons: listed.map((candidate) => reasonOf(candidate, evidence, [])), isTold };
}

/** What these cells have in common, in few combinations: equal parts are merged. */
function whereOf(bad: readonly ComparedCell[]): Impact['where'] {
  const parts = [
    ...Map.groupBy(bad, ({ kernel, config }) => JSON.stringify([kernel, config])).values(),
  ];
  const byConfig = parts.map((own) => ({
    kernel: namesIn(own, 'kernel'),
    config: namesIn(own, 'config'),
    cgroup: namesIn(own, 'cgroup'),
  }));
  const merged = mergeAlike(byConfig, 'config', ({ kernel, cgroup }) => [kernel, cgroup]);
  return mergeAlike(merged, 'kernel', ({ config, cgroup }) => [config, cgroup]);
}

type Part = Impact['where'][number];

function namesIn(cells: readonly ComparedCell[], axis: keyof Part): readonly string[] {
  return [...new Set(cells.map((cell) => cell[axis]))];
}

/** One part for all that are alike but for one axis. */
function mergeAlike(
  parts: readonly Part[],
  axis: keyof Part,
  rest: (part: Part) => unknown,
): readonly Part[] {
  return [...Map.groupBy(parts, (part) => JSON.stringify(rest(part))).values()].flatMap((alike) => {
    const [first] = alike;
    return first === undefined ? [] : [{ ...first, [axis]: alike.flatMap((part) => part[axis]) }];
  });
}
