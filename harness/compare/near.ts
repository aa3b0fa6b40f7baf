/** How near a candidate is to what went wrong: smaller is nearer. */
import type { CgroupMode } from '../matrix/cell.ts';
import { splitTestKey } from '../report/standing-results.ts';
import type { Verdict } from '../verdict/verdict.ts';
import type { Candidate } from './candidates.ts';
import { type Result, worstOf } from './change.ts';
import type { Evidence } from './evidence.ts';
import { type FactKey, isLack, isVisibleIn, readFactKey } from './fact-key.ts';
import type { Knowledge } from './knowledge.ts';

/** What a group of differing tests is about. */
export interface Subject {
  /** The worse result is that the tests were skipped: for what is there, or for what is missing. */
  readonly isSkip: boolean;
  /** The worse result is that the agent died or fell silent, and so did not say what it lacked. */
  readonly isCrash: boolean;
  /** Words of the tests' files and titles, and of what went wrong. */
  readonly words: ReadonlySet<string>;
  /** Modes of the cells with the worse result. */
  readonly modes: readonly CgroupMode[];
  /** Facts that the tests rest on, as the table of needs says. */
  readonly restsOn: ReadonlySet<string>;
  /** That those facts and the controllers that the words name need, in any version. */
  readonly symbols: ReadonlySet<string>;
}

/** More tests than this say no more about what they have in common. */
const TESTS_MAX = 200;

const CRASHES: readonly Verdict[] = ['agent-panic', 'hang', 'boot-failure'];

/** Tests that have the same reason. */
export interface AlikeTests {
  /** What went wrong. */
  readonly title: string;
  readonly results: readonly Result[];
  /** Their keys. */
  readonly tests: readonly string[];
}

export function subjectOf(
  { title, tests, results }: AlikeTests,
  { badCells }: Evidence,
  { restsOn, symbolsOf }: Knowledge,
): Subject {
  const keys = tests.slice(0, TESTS_MAX);
  const users = new Map(badCells.map((cell) => [`${cell.agent} ${cell.cgroup}`, cell]));
  const facts = [...users.values()].flatMap((cell) =>
    keys.flatMap((key) => restsOn(splitTestKey(key), cell)),
  );
  const words = new Set([title, ...keys].flatMap(wordsOf));
  const named = [...words].flatMap((word) => [`v1/${word}`, `v2/${word}`]);
  const worst = worstOf(results)?.verdict;
  return {
    isSkip: worst === 'skip',
    isCrash: worst !== undefined && CRASHES.includes(worst),
    words,
    modes: [...new Set(badCells.map(({ cgroup }) => cgroup))],
    restsOn: new Set(facts),
    symbols: new Set([...facts, ...named].flatMap(symbolsOf)),
  };
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().split(/[^a-z0-9_]+/);
}

/** How strongly facts and needs point to a candidate. */
export const POINTS = {
  /** The table of needs says that these tests rest on it. */
  rests: 0,
  /** The tests, or what went wrong, name its controller, or the file itself. */
  named: 1,
  /** A controller that is missing where the agent crashed, and it is known what it takes. */
  controller: 2,
  /** Nothing: it only differs where results do. */
  none: 3,
} as const;

/** @param isExplained The table of needs says what is behind it. */
export function pointsTo(
  { kind, key, values }: Pick<Candidate, 'kind' | 'key' | 'values'>,
  { isSkip, isCrash, words, modes, restsOn }: Subject,
  isExplained: boolean,
): number {
  if (kind !== 'fact') return POINTS.none;
  const isMissing = values.every(isLack);
  if (!isMissing && !isSkip) return POINTS.none;
  const fact = readFactKey(key);
  if (!modes.every((mode) => isVisibleIn(fact, mode))) return POINTS.none;
  if (restsOn.has(key) || rests(fact, modes, restsOn)) return POINTS.rests;
  if (fact.kind !== 'controller' && fact.kind !== 'offered' && fact.kind !== 'file') {
    return POINTS.none;
  }
  if (isNamed(fact, words)) return POINTS.named;
  return fact.kind === 'controller' && isMissing && isCrash && isExplained
    ? POINTS.controller
    : POINTS.none;
}

/** A file by its whole name: each kernel brings some to every controller that tests are about. */
function isNamed({ kind, controller, name }: FactKey, words: ReadonlySet<string>): boolean {
  if (kind === 'file') return wordsOf(name).every((word) => words.has(word));
  return controller !== undefined && words.has(controller);
}

/** Whether tests rest on what a mode offers: on the controller in the hierarchy where agents look for it. */
function rests(
  { kind, name }: FactKey,
  modes: readonly CgroupMode[],
  restsOn: ReadonlySet<string>,
): boolean {
  return (
    kind === 'offered' &&
    modes.every((mode) => restsOn.has(mode === 'v2' ? `v2/${name}` : `v1/${name}`))
  );
}

/**
 * 0: about what the tests need or name; 1: about cgroups; 2: about something else; 3: about a hierarchy that
 * none of the cells has.
 */
export function distanceOf(
  { kind, key }: Pick<Candidate, 'kind' | 'key'>,
  { words, symbols, modes }: Subject,
  isInCgroupMenu: (symbol: string) => boolean,
): number {
  switch (kind) {
    case 'fact': {
      const fact = readFactKey(key);
      const { controller } = fact;
      if (!modes.some((mode) => isVisibleIn(fact, mode))) return 3;
      if (controller === undefined) return 2;
      return words.has(controller) ? 0 : 1;
    }
    case 'symbol':
      if (symbols.has(key)) return 0;
      return isInCgroupMenu(key) ? 1 : 2;
    case 'boot-parameter':
      if (wordsOf(key).some((word) => words.has(word))) return 0;
      return /cgroup|psi|swap/.test(key) ? 1 : 2;
    default:
      return 2;
  }
}
