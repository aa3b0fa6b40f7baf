/**
 * What a file of expectations would have to say for a run to come out as expected. Pure: a run's
 * tests in, proposals out; edit.ts applies them to the file's text.
 */
import type { TestId } from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import { CRASH_CLASSES } from '../verdict/finding.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { coverCells } from './cover-cells.ts';
import {
  EXPECTABLE,
  type ExpectableOutcome,
  type Expectation,
  type ExpectedWhere,
} from './expectation.ts';
import type { Judgement } from './judge.ts';
import { matchesTest, nameTest } from './test-pattern.ts';

/** A test of a run, judged. */
export interface RunTest extends TestId {
  readonly cell: string;
  readonly verdict: Verdict;
  /** Of all that an expectation would have to list; none for what has no signature. */
  readonly signatures: readonly string[];
  /** One line: what the first signature stands for. */
  readonly what: string;
  readonly judgement: Judgement;
}

export interface RunToExpect {
  readonly cells: readonly Cell[];
  readonly tests: readonly RunTest[];
  /** Lines of expectations that match nothing in the run, though they should. */
  readonly stale: readonly number[];
}

export type Proposal =
  | {
      readonly kind: 'add';
      readonly where: ExpectedWhere;
      readonly tests: readonly string[];
      readonly outcome: ExpectableOutcome;
      readonly signatures: readonly string[];
      readonly title: string;
    }
  | {
      readonly kind: 'change';
      readonly line: number;
      readonly outcome: ExpectableOutcome;
      readonly signatures: readonly string[];
      /** Those of them that the expectation does not list yet. */
      readonly added: readonly string[];
      readonly title: string;
    }
  | { readonly kind: 'narrow'; readonly line: number; readonly without: readonly string[] }
  | { readonly kind: 'delete'; readonly line: number; readonly why: string };

export interface Proposals {
  readonly proposals: readonly Proposal[];
  /** Sentences on what only a person can put right. */
  readonly byHand: readonly string[];
}

/**
 * The kernel or the agent may have died, or a caller may wait forever: no tool accepts that by
 * itself.
 */
export function isGrave(outcome: Verdict | ExpectableOutcome): boolean {
  return outcome === 'hang' || CRASH_CLASSES.some((kind) => kind === outcome);
}

export function propose(run: RunToExpect, expectations: readonly Expectation[]): Proposals {
  const parts = expectations.map((one) => proposeFor(one, run));
  return {
    proposals: [...parts.flatMap(({ proposals }) => proposals), ...proposeNew(run)],
    byHand: parts.flatMap(({ byHand }) => byHand),
  };
}

function proposeFor(expectation: Expectation, run: RunToExpect): Proposals {
  const { line, expires } = expectation;
  if (run.stale.includes(line)) {
    return { proposals: [{ kind: 'delete', line, why: 'it is about no test' }], byHand: [] };
  }
  const tests = run.tests.filter(({ judgement }) => judgement.line === line);
  const having = (status: string) => tests.filter(({ judgement }) => judgement.status === status);
  const passed = proposeForPasses(expectation, tests, having('unexpected-pass'));
  const changed = proposeForChanges(expectation, tests, having('changed'));
  const expired = having('expired').length === 0 ? [] : [`line ${line} expired on ${expires}`];
  return {
    proposals: [...passed.proposals, ...changed.proposals],
    byHand: [...passed.byHand, ...changed.byHand, ...expired],
  };
}

const NOTHING: Proposals = { proposals: [], byHand: [] };

function proposeForPasses(
  { line, tests: patterns = [] }: Expectation,
  tests: readonly RunTest[],
  passed: readonly RunTest[],
): Proposals {
  if (passed.length === 0) return NOTHING;
  if (passed.length === tests.length) {
    return { proposals: [{ kind: 'delete', line, why: 'its tests pass' }], byHand: [] };
  }
  const isPassed = new Set(passed);
  const others = tests.filter((test) => !isPassed.has(test));
  const isOnlyPassed = (pattern: string): boolean =>
    passed.some((test) => matchesTest(test, pattern)) &&
    !others.some((test) => matchesTest(test, pattern));
  const without = patterns.filter(isOnlyPassed);
  const isWhole = passed.every((test) => without.some((pattern) => matchesTest(test, pattern)));
  if (isWhole) return { proposals: [{ kind: 'narrow', line, without }], byHand: [] };
  const text = `line ${line}: ${passed.length} of its ${tests.length} tests pass; narrow it`;
  return { proposals: [], byHand: [text] };
}

function proposeForChanges(
  { line, outcome, signatures = [] }: Expectation,
  tests: readonly RunTest[],
  changed: readonly RunTest[],
): Proposals {
  const [first] = changed;
  if (first === undefined) return NOTHING;
  const found = new Set<string>(changed.map(({ verdict }) => verdict));
  const isSame = found.size === 1 && (found.has(outcome) || changed.length === tests.length);
  const next = EXPECTABLE.find((word) => word === first.verdict);
  if (!isSame || next === undefined) {
    const words = [...found].join(', ');
    return { proposals: [], byHand: [`line ${line}: ${outcome} was expected, ${words} came`] };
  }
  // Signatures that still come as expected are kept.
  const kept = changed.length === tests.length ? [] : signatures;
  const all = [...new Set([...kept, ...changed.flatMap((test) => test.signatures)])];
  const added = all.filter((one) => !signatures.includes(one));
  const change = { line, outcome: next, signatures: all, added, title: first.what };
  return { proposals: [{ kind: 'change', ...change }], byHand: [] };
}

/**
 * One proposal for all tests and cells that fail the same way, as far as one entry can name them.
 */
function proposeNew({ cells, tests }: RunToExpect): readonly Proposal[] {
  const fresh = tests.filter(({ judgement }) => judgement.status === 'new');
  const failures = Map.groupBy(fresh, (test) => [test.verdict, ...test.signatures].join(' '));
  return [...failures.values()].flatMap((hits) => {
    const [first] = hits;
    const outcome = EXPECTABLE.find((word) => word === first?.verdict);
    if (first === undefined || outcome === undefined) return [];
    const byCell = Map.groupBy(hits, ({ cell }) => cell);
    const namesOf = (cell: string): readonly string[] => (byCell.get(cell) ?? []).map(nameTest);
    const alike = Map.groupBy(byCell.keys(), (cell) => JSON.stringify(namesOf(cell).toSorted()));
    const { signatures, what: title } = first;
    return [...alike.values()].flatMap((ids) => {
      const isHit = new Set(ids);
      const own = cells.filter(({ id }) => isHit.has(id));
      return coverCells(own, cells).map((where) => ({
        kind: 'add' as const,
        where,
        tests: namesOf(ids[0] ?? ''),
        outcome,
        signatures,
        title,
      }));
    });
  });
}
