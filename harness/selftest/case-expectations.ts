import { stringify } from 'yaml';
import type { Expectation } from '../expectations/expectation.ts';
import { parseExpectations } from '../expectations/parse.ts';
import type { Matrix } from '../matrix/matrix.ts';
import { signatureOf } from '../verdict/signature.ts';
import type { PlacedPanic } from './selftest-case.ts';

/** The file of expectations of one case, written as by a user: its test is known to panic so. */
export function caseExpectationsText(name: string, known: PlacedPanic): string {
  return stringify({
    expectations: [
      {
        where: {},
        tests: `*.spec.ts: *${name}`,
        outcome: 'agent-panic',
        signature: signatureOfPanic(known),
        reason: 'the selftest has the agent panic',
        expires: '9999-12-31',
      },
    ],
  });
}

/**
 * Our own text: a problem in it is a bug.
 * @param scenarios The existing spec files, below the folder of scenarios.
 */
export function parseCaseExpectations(
  text: string,
  matrix: Matrix,
  scenarios: readonly string[],
): readonly Expectation[] {
  const parsed = parseExpectations(text, matrix, scenarios);
  if (parsed.isValid) return parsed.expectations;
  throw new Error(`The expectations of a case are faulty: ${JSON.stringify(parsed.problems)}`);
}

export function signatureOfPanic({ message, place }: PlacedPanic): string {
  return signatureOf({ class: 'agent-panic', title: `${message} at ${place}`, place });
}
