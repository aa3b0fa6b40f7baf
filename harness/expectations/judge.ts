import { BOOTS, isSameTest, NOTHING_RAN, type TestId } from '../events.ts';
import type { Cell } from '../matrix/cell.ts';
import type { CellKey } from '../matrix/grid.ts';
import { independentCrashes } from '../verdict/consequences.ts';
import type { Finding } from '../verdict/finding.ts';
import { isGood, type Verdict } from '../verdict/verdict.ts';
import { type Expectation, NOTHING_RAN_OUTCOME } from './expectation.ts';
import { isInRange, looksLikeRange } from './release-range.ts';
import { matchesTest } from './test-pattern.ts';

export const JUDGEMENTS = [
  /** It came as an expectation says, or it is good and no expectation says otherwise. */
  'as-expected',
  /** A failure that no expectation is about. */
  'new',
  'unexpected-pass',
  /** Another outcome than the expected one, or the same with another signature. */
  'changed',
  /** As expected, but the expectation has expired. */
  'expired',
  /** Nothing was measured, which neither meets nor refutes an expectation. */
  'unmeasured',
] as const;

export type JudgementStatus = (typeof JUDGEMENTS)[number];

export interface Judgement {
  readonly status: JudgementStatus;
  /** The line of the expectation that is about this test, if there is one. */
  readonly line?: number;
  /** Signatures of what went wrong that this expectation does not list. */
  readonly unlisted?: readonly string[];
}

/** What is known of a test once it has its verdict. */
export interface JudgedTest {
  readonly cell: Pick<Cell, CellKey>;
  /** Of the kernel that was booted; absent if it could not be fetched. */
  readonly release?: string | undefined;
  readonly test: TestId;
  readonly verdict: Verdict;
  readonly signature?: string | undefined;
  /** All of them: a known crash must not hide another one. */
  readonly findings: readonly Finding[];
}

export interface JudgeOptions {
  readonly expectations: readonly Expectation[];
  /** ISO 8601: the day of the run. */
  readonly today: string;
}

/** Judges one test. `createJudge` is quicker for many. */
export function judge(judged: JudgedTest, options: JudgeOptions): Judgement {
  return createJudge(options)(judged);
}

/**
 * If several expectations are about a test, the first in the file counts. A run has few tests and
 * many cells, so which expectations are about a test is worked out once for all cells.
 */
export function createJudge({
  expectations,
  today,
}: JudgeOptions): (judged: JudgedTest) => Judgement {
  const day = today.slice(0, DAY_LENGTH);
  const byTest = new Map<string, readonly Expectation[]>();

  function aboutTest(test: TestId): readonly Expectation[] {
    const key = `${test.file}\n${test.title}`;
    const known = byTest.get(key);
    if (known !== undefined) return known;
    const about = expectations.filter((one) => isAboutTest(one, test));
    byTest.set(key, about);
    return about;
  }

  return ({ cell, release, test, ...result }) => {
    const { verdict } = result;
    // The host cannot run the cell: no guest was started, and nothing is known of its tests.
    if (verdict === 'skip' && isSameTest(test, BOOTS)) return { status: 'as-expected' };
    const found = aboutTest(test).find((one) => isAboutCell(one, cell, release));
    if (found === undefined) return { status: statusWithout(verdict) };
    const { line } = found;
    const known = { status: day > found.expires ? 'expired' : 'as-expected', line } as const;
    if (isSameTest(test, NOTHING_RAN)) return known;
    if (verdict === 'miss') return { status: 'unmeasured', line };
    if (verdict === 'pass') return { status: 'unexpected-pass', line };
    const unlisted = findUnlisted(result, found);
    if (verdict === found.outcome && unlisted.length === 0) return known;
    const named = unlisted.filter((signature) => signature !== '');
    return { status: 'changed', line, ...(named.length === 0 ? {} : { unlisted: named }) };
  };
}

/** Of all that went wrong by itself. Empty for what has no signature, where one is expected. */
function findUnlisted(
  result: Pick<JudgedTest, 'signature' | 'findings'>,
  { signatures }: Expectation,
): readonly string[] {
  return signatures === undefined
    ? []
    : signaturesOf(result).filter((signature) => !signatures.includes(signature));
}

/**
 * What an expectation about a test has to list: the verdict's signature, or an empty text if it has
 * none, and those of crashes that nothing else explains.
 */
export function signaturesOf({
  signature = '',
  findings,
}: Pick<JudgedTest, 'signature' | 'findings'>): readonly string[] {
  const crashes = independentCrashes(findings).map((crash) => crash.signature);
  return [...new Set([signature, ...crashes])];
}

const DAY_LENGTH = 'YYYY-MM-DD'.length;

function statusWithout(verdict: Verdict): JudgementStatus {
  if (verdict === 'miss') return 'unmeasured';
  return isGood(verdict) ? 'as-expected' : 'new';
}

function isAboutTest({ tests, outcome }: Expectation, test: TestId): boolean {
  // That a cell measures nothing is said of no test, and a failure of no cell as a whole.
  const isOfNothing = isSameTest(test, NOTHING_RAN);
  if (isOfNothing !== (outcome === NOTHING_RAN_OUTCOME)) return false;
  if (isOfNothing) return true;
  return tests?.some((pattern) => matchesTest(test, pattern)) ?? true;
}

export function isAboutCell(
  { where }: Expectation,
  cell: JudgedTest['cell'],
  release: string | undefined,
): boolean {
  const { kernel, config, cgroup, agent, machine } = where;
  const isKernel = (word: string): boolean =>
    looksLikeRange(word) ? release !== undefined && isInRange(release, word) : word === cell.kernel;
  return (
    (config?.includes(cell.config) ?? true) &&
    (cgroup?.includes(cell.cgroup) ?? true) &&
    (agent?.includes(cell.agent) ?? true) &&
    (machine?.includes(cell.machine) ?? true) &&
    // Last, because comparing releases is the most expensive.
    (kernel?.some(isKernel) ?? true)
  );
}
