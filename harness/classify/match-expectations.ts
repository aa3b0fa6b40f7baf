/** Which known failures a finding stands for. A log has no cell: the signature alone decides. */
import type { Expectation, ExpectedWhere } from '../expectations/expectation.ts';
import { omitUndefined } from '../omit-undefined.ts';
import type { MatchingExpectation } from './classification.ts';

/** A file of expectations that was read. */
export interface KnownFailures {
  readonly file: string;
  readonly expectations: readonly Expectation[];
}

/** @param today ISO 8601. */
export function matchExpectations(
  signature: string,
  { file, expectations }: KnownFailures,
  today: string,
): readonly MatchingExpectation[] {
  return expectations
    .filter(({ signatures = [] }) => signatures.includes(signature))
    .map(({ line, outcome, title, reason, link, owner, expires, where }) => ({
      ...{ file, line, outcome, reason, expires },
      ...omitUndefined({ title, link, owner }),
      isExpired: expires < today,
      where: describeWhere(where),
    }));
}

function describeWhere(where: ExpectedWhere): string {
  const axes = Object.entries(where) as readonly (readonly [string, readonly string[]])[];
  if (axes.length === 0) return 'all cells';
  return axes.map(([axis, values]) => `${axis} ${values.join(', ')}`).join('; ');
}
