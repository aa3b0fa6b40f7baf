/** The results of a cell, as two runs are compared by them. */
import { BOOTS, type StandingResult } from '../events.ts';
import { omitUndefined } from '../omit-undefined.ts';
import { toLine } from '../text.ts';
import { independentCrashes } from '../verdict/consequences.ts';
import { type Finding, isCrash } from '../verdict/finding.ts';
import { reasonOf } from '../verdict/reason.ts';
import { type MissKind, type Verdict, worstVerdict } from '../verdict/verdict.ts';

/** One test and its result. */
export interface StandingTest extends StandingResult {
  /** `file`, a line feed, `title`. */
  readonly key: string;
}

export function testKey(file: string, title: string): string {
  return `${file}\n${title}`;
}

export function splitTestKey(key: string): { readonly file: string; readonly title: string } {
  const end = key.indexOf('\n');
  return { file: key.slice(0, end), title: key.slice(end + 1) };
}

/** Of the test that every cell begins with; skipped only if the whole cell is. */
export const BOOTS_KEY = testKey(BOOTS.file, BOOTS.title);

/** Stands for crashes of a cell that no test claims: it passes if there are none, and nobody counts it then. */
export const OUTSIDE_TESTS = testKey('outside of tests', 'no crash');

type Crash = Pick<Finding, 'class' | 'title' | 'signature' | 'source' | 'excerpt'>;

/** The part of a cell's report that this is made from: older reports have it, too. */
export interface ReportedCell {
  readonly tests: readonly {
    readonly file: string;
    readonly title: string;
    readonly verdict: Verdict;
    readonly signature?: string;
    readonly detail?: {
      readonly message?: string;
      readonly cause?: string;
      readonly missKind?: MissKind;
    };
    readonly findings: readonly Crash[];
  }[];
  readonly findings: readonly {
    readonly finding: Crash;
    readonly isVoid?: true;
    readonly isUnconfirmed?: true;
  }[];
}

/** One for each test, in their order, then one for what came outside of them. */
export function standingTests(cell: ReportedCell): readonly StandingTest[] {
  const own = cell.tests.map(standingTest);
  return [...own, outsideTests(cell, own)];
}

function standingTest(test: ReportedCell['tests'][number]): StandingTest {
  const { file, title, verdict, signature, detail, findings } = test;
  // Nearly all tests of a large run.
  if (verdict === 'pass' && findings.length === 0 && signature === undefined) {
    return { key: testKey(file, title), verdict, why: '' };
  }
  const beside = independentCrashes(findings).filter((crash) => crash.signature !== signature);
  return omitUndefined({
    key: testKey(file, title),
    verdict,
    signature,
    why: verdict === 'pass' ? '' : toLine(detail?.cause ?? reasonOf(test)),
    missKind: detail?.missKind,
    // What was seen where nothing was measured says nothing about the product.
    beside: verdict === 'miss' || beside.length === 0 ? undefined : beside.map(besideOf),
  });
}

function besideOf({ signature, title }: Crash) {
  return { signature, title: toLine(title) };
}

function outsideTests({ findings }: ReportedCell, own: readonly StandingTest[]): StandingTest {
  // After a test was decided, its crash may be seen again: it is the same crash.
  const known = new Set(own.flatMap(signaturesOf));
  const crashes = findings.flatMap(({ finding, isVoid, isUnconfirmed }) => {
    const isBelieved = isCrash(finding) && isVoid !== true && isUnconfirmed !== true;
    return isBelieved && !known.has(finding.signature) ? [finding] : [];
  });
  const worst = worstVerdict(crashes.map((crash) => crash.class));
  const first = crashes.find((crash) => crash.class === worst);
  if (first === undefined) return withoutCrash(own);
  const { class: verdict, signature, title } = first;
  const others = new Map(crashes.map((crash) => [crash.signature, besideOf(crash)]));
  others.delete(signature);
  return omitUndefined({
    key: OUTSIDE_TESTS,
    verdict,
    signature,
    why: toLine(title),
    beside: others.size === 0 ? undefined : [...others.values()],
  });
}

/** Of all crashes that a result tells of, and of whatever else decided it. */
export function signaturesOf({ signature, beside = [] }: StandingResult): readonly string[] {
  const own = signature === undefined ? [] : [signature];
  return [...own, ...beside.map((crash) => crash.signature)];
}

/** Where nothing was measured, nothing is known of crashes either. */
function withoutCrash(tests: readonly StandingTest[]): StandingTest {
  const boots = tests.find(({ key }) => key === BOOTS_KEY);
  if (boots?.verdict === 'skip') return { key: OUTSIDE_TESTS, verdict: 'skip', why: boots.why };
  const isMeasured = tests.some(({ verdict }) => verdict !== 'miss');
  if (isMeasured) return { key: OUTSIDE_TESTS, verdict: 'pass', why: '' };
  return { key: OUTSIDE_TESTS, verdict: 'miss', why: tests[0]?.why ?? '' };
}
