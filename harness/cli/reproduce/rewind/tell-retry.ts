import { judgeTry, sameWhat, type TryOutcome } from '../../../reproduce/judge.ts';
import type { Original } from '../../../reproduce/original.ts';
import type { RepeatableCall } from '../../../trace/repeatable-calls.ts';
import type { Decision } from '../../../verdict/decide.ts';

export interface ToldRetry {
  readonly outcome: TryOutcome;
  readonly line: string;
}

/**
 * What came of making a call once more, beside the failure of the whole test. The test's own code, which may
 * have failed by an assertion although all was answered, has not run.
 */
export function tellRetry(
  original: Original,
  { number, call, recorded }: RepeatableCall,
  decision: Decision,
): ToldRetry {
  const { outcome, what } = judgeTry(original, decision);
  const isAsBefore = outcome === 'did-not-happen' && recorded === 'answered';
  switch (outcome) {
    case 'reproduced':
      return { outcome, line: sameWhat(original) };
    case 'did-not-happen':
      return {
        outcome,
        line: isAsBefore
          ? `call ${number} ${call} was answered, as in the test; what the test checked then is not repeated`
          : `did not happen: call ${number} ${call} was answered`,
      };
    default:
      return { outcome, line: `${outcome.replace('-', ' ')}: ${what}` };
  }
}
