/** What tries to reproduce a failure have shown. */
import type { TestDetail } from '../events.ts';
import { signaturesOf } from '../expectations/judge.ts';
import type { Finding } from '../verdict/finding.ts';
import { isOutdated } from '../verdict/signature.ts';
import type { Verdict } from '../verdict/verdict.ts';
import { nameFailure, type Original, titleOf } from './original.ts';

/** The result of a test that was run to reproduce an original. */
export interface TriedResult {
  readonly verdict: Verdict;
  readonly signature?: string | undefined;
  readonly findings: readonly Finding[];
  readonly detail?: TestDetail | undefined;
}

export type TryOutcome = 'reproduced' | 'different' | 'did-not-happen' | 'not-measured';

/** One try, and what it was in words if it was not the original. */
export interface Tried {
  readonly outcome: TryOutcome;
  /** The verdict and what decided it, on one line. */
  readonly what: string;
}

export function judgeTry(original: Original, result: TriedResult): Tried {
  return { outcome: outcomeOf(original, result), what: describeResult(result) };
}

function outcomeOf(original: Original, result: TriedResult): TryOutcome {
  if (result.verdict === 'miss') return 'not-measured';
  if (result.verdict === 'pass' || result.verdict === 'skip') return 'did-not-happen';
  return isSame(original, result) ? 'reproduced' : 'different';
}

function isSame({ verdict, signatures, title }: Original, result: TriedResult): boolean {
  const known = signatures.filter((signature) => !isOutdated(signature));
  if (known.length > 0) return signaturesOf(result).some((signature) => known.includes(signature));
  if (verdict !== result.verdict) return false;
  // An earlier version of kmx computed its signature, or it never had one: what it says must do.
  return title === undefined || title === titleOf(result);
}

function describeResult(result: TriedResult): string {
  return nameFailure({ verdict: result.verdict, title: titleOf(result) });
}

/** What all tries together say. */
export interface Summary {
  readonly outcome: TryOutcome;
  /** The last line of `kmx reproduce`. */
  readonly line: string;
}

/** One reproduction is enough; then a different failure counts for more than none. */
export function summarize(original: Original, tries: readonly Tried[]): Summary {
  const numberOf = (outcome: TryOutcome): number =>
    tries.filter((one) => one.outcome === outcome).length;
  const all = tries.length;
  const outcome =
    (['reproduced', 'different', 'did-not-happen'] as const).find((one) => numberOf(one) > 0) ??
    'not-measured';
  const count = numberOf(outcome);
  const share = all <= 1 ? '' : ` (${count} of ${all})`;
  switch (outcome) {
    case 'reproduced':
      return { outcome, line: `reproduced: ${sameWhat(original)}${share}` };
    case 'different': {
      const others = [...new Set(tries.filter(isDifferent).map(({ what }) => what))];
      return { outcome, line: `different: ${others.join('; ')}${share}` };
    }
    case 'did-not-happen':
      return { outcome, line: `did not happen (0 of ${all})` };
    case 'not-measured': {
      const [why] = tries;
      return { outcome, line: `not measured: ${why?.what ?? 'nothing has run'}${share}` };
    }
  }
}

function isDifferent({ outcome }: Tried): boolean {
  return outcome === 'different';
}

/** What a result and the original have in common if it is the same failure. */
export function sameWhat({ signatures }: Original): string {
  return signatures.some((signature) => !isOutdated(signature))
    ? 'same signature'
    : 'same verdict and message';
}
