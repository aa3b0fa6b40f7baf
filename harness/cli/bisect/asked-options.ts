/** What the options of all searches mean, and which of them exclude each other. */
import type { WantedFailure } from '../../bisect/tell-outcome.ts';
import { UsageError } from '../../errors.ts';

/** A kernel takes minutes to build, and seconds to boot once more. */
const PASSES = 2;
const REPEAT = 5;

export interface RepeatOptions {
  readonly passes?: number;
  readonly repeat?: number;
}

/** How many passes make a kernel good, and how often it is measured at most. */
export function askedRepeats({ passes = PASSES, repeat = REPEAT }: RepeatOptions): {
  readonly passes: number;
  readonly repeat: number;
} {
  return { passes, repeat: Math.max(repeat, passes) };
}

/** Whether any failure is bad. Throws a UsageError if the options also name one. */
export function isAnyFailureBad({
  expect,
  signature,
}: {
  readonly expect?: 'fail' | undefined;
  readonly signature?: string | undefined;
}): boolean {
  if (expect !== undefined && signature !== undefined) {
    throw new UsageError('--expect fail accepts any failure, but --signature names one', {
      code: 'BISECT_WANTS_BOTH',
      remedy: 'leave out one of them',
    });
  }
  return expect === 'fail';
}

/** @param signature Given, or learned from the first failure. */
export function wantedFailure(
  { expectFail }: { readonly expectFail: boolean },
  signature: string | undefined,
): WantedFailure | undefined {
  if (expectFail) return { kind: 'any' };
  return signature === undefined ? undefined : { kind: 'signature', signature };
}

/** Throws a UsageError for options that a resumed search cannot take. */
export function refuseWithResume(given: Readonly<Record<string, unknown>>): void {
  const names = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : [`--${name}`],
  );
  if (names.length === 0) return;
  throw new UsageError(
    `--resume continues a search as it began: ${names.join(' and ')} cannot change it`,
    {
      code: 'RESUME_CONFLICT',
      remedy: `leave out ${names.join(' and ')}, or begin a new one`,
    },
  );
}
