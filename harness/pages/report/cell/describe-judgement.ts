import type { ExpectationReport, TestReport } from '../../../report/schema.ts';

/** What expectations say of a result, in one sentence; undefined if it is plain. */
export function describeJudgement(
  { judgement, verdict }: Pick<TestReport, 'judgement' | 'verdict'>,
  expectation: ExpectationReport | undefined,
  file = 'expectations',
): string | undefined {
  if (judgement === undefined) return undefined;
  const { status, line } = judgement;
  const place = line === undefined ? file : `${file}:${line}`;
  const expected = expectation === undefined ? 'something else' : expectedOf(expectation);
  switch (status) {
    case 'as-expected':
      return `Known: ${place} expects ${expected}.`;
    case 'new':
      return `Not expected: no line of ${file} is about it.`;
    case 'changed':
      return `Changed: ${place} expects ${expected}, not this ${verdict}.`;
    case 'unexpected-pass':
      return `It passed, though ${place} expects ${expected}: remove that entry, if it is fixed.`;
    case 'expired':
      return `As ${place} expects, but the entry expired on ${expectation?.expires ?? 'an earlier day'}.`;
    case 'unmeasured':
      return line === undefined
        ? 'Nothing was measured.'
        : `Nothing was measured, so that ${place}, which expects ${expected}, is neither met nor refuted.`;
  }
}

function expectedOf({ outcome, signatures = [] }: ExpectationReport): string {
  return [outcome, signatures.join(' or ')].filter((part) => part !== '').join(' ');
}
