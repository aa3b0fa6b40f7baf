import type { TryOutcome } from '../../reproduce/judge.ts';
import { EXIT_CODES } from '../exit-codes.ts';

/** Exit codes of commands that first run a failed test again. */
export const TRY_CODES: Readonly<Record<TryOutcome, number>> = {
  reproduced: EXIT_CODES.good,
  different: EXIT_CODES.bad,
  'did-not-happen': EXIT_CODES.bad,
  'not-measured': EXIT_CODES.unmeasured,
};
