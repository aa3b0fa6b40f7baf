/** What a log comes to. */
import { FINDING_CLASSES, type FindingClass, isCrash } from '../verdict/finding.ts';
import type { ClassifiedFinding, ClassifiedLog } from './classification.ts';

type Found = Pick<ClassifiedLog, 'findings'>;

/** The worst finding that no other one led to; of equal ones the first. */
export function worstFinding({ findings }: Found): ClassifiedFinding | undefined {
  const own = findings.filter(({ explainedBy }) => explainedBy === undefined);
  return worstOf(own) ?? worstOf(findings);
}

export function worstClass(logs: readonly Found[]): FindingClass | 'nothing' {
  const worst = worstOf(logs.flatMap((log) => worstFinding(log) ?? []));
  return worst?.class ?? 'nothing';
}

export function hasCrash({ findings }: Found): boolean {
  return findings.some(isCrash);
}

function worstOf(findings: readonly ClassifiedFinding[]): ClassifiedFinding | undefined {
  const rank = ({ class: kind }: ClassifiedFinding): number => FINDING_CLASSES.indexOf(kind);
  return findings.toSorted((one, other) => rank(one) - rank(other))[0];
}
