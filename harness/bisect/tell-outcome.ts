/** What a run of a test says about a kernel: good, bad, or nothing. */
import { omitUndefined } from '../omit-undefined.ts';
import { toLine } from '../text.ts';
import { VERDICTS, type Verdict } from '../verdict/verdict.ts';
import type { Outcome } from './outcome.ts';

/** A test of the run, as far as its outcome depends on it. */
export interface ShownTest {
  readonly title: string;
  readonly verdict: Verdict;
  readonly signature?: string;
  /** What went wrong, for people. */
  readonly message?: string;
}

/** What is looked for. */
export type WantedFailure =
  | { readonly kind: 'signature'; readonly signature: string }
  /** Whatever goes wrong in the guest. */
  | { readonly kind: 'any' };

export interface Told {
  readonly outcome: Outcome;
  /** Of the test that decided. */
  readonly verdict?: Verdict;
  readonly signature?: string;
  /** One line for people. */
  readonly why: string;
  /** The code of the error if there was no kernel to boot: measuring again would not change that. */
  readonly fault?: string;
}

/** What guests do wrong; `error` and `miss` say nothing about a kernel. */
const FAILURES: readonly Verdict[] = VERDICTS.slice(0, VERDICTS.indexOf('error'));
const WHY_LENGTH_MAX = 200;

/**
 * Bad: a test fails as wanted. Good: all tests pass, apart from those that are skipped. Anything else
 * is unclear.
 * @param wanted Absent: not known yet, and whatever fails is bad.
 */
export function tellOutcome(tests: readonly ShownTest[], wanted?: WantedFailure): Told {
  const inOrder = tests.toSorted((one, other) => rankOf(one) - rankOf(other));
  const failed = inOrder.filter(({ verdict }) => FAILURES.includes(verdict));
  const bad = failed.find(
    ({ signature }) => wanted?.kind !== 'signature' || signature === wanted.signature,
  );
  if (bad !== undefined) return told('bad', bad);
  const [other] = failed;
  if (other !== undefined) return told('unclear', other, 'another failure: ');
  const unmeasured = inOrder.find(({ verdict }) => verdict === 'error' || verdict === 'miss');
  if (unmeasured !== undefined) return told('unclear', unmeasured);
  const passed = tests.filter(({ verdict }) => verdict === 'pass');
  const [first] = passed;
  if (first !== undefined) {
    const why = passed.length === 1 ? 'passes' : `all ${passed.length} tests pass`;
    return { outcome: 'good', verdict: 'pass', why };
  }
  const [skipped] = tests;
  return skipped === undefined
    ? { outcome: 'unclear', why: 'no test ran' }
    : told('unclear', skipped);
}

function rankOf({ verdict }: ShownTest): number {
  return VERDICTS.indexOf(verdict);
}

function told(outcome: Outcome, test: ShownTest, prefix = ''): Told {
  const { verdict, signature, message, title } = test;
  const mark = signature === undefined ? '' : ` ${signature}`;
  const text = `${prefix}${verdict}${mark}: ${message ?? title}`;
  return { outcome, ...omitUndefined({ verdict, signature }), why: toLine(text, WHY_LENGTH_MAX) };
}
