/** Several logs: which of them have the same finding. */
import { FINDING_CLASSES, type FindingClass } from '../verdict/finding.ts';
import type { ClassifiedFinding, ClassifiedLog } from './classification.ts';

interface Hit {
  readonly log: ClassifiedLog;
  readonly finding: ClassifiedFinding;
}

/** One finding, and every log that has it. */
export interface FindingGroup {
  readonly class: FindingClass;
  readonly signature: string;
  /** In the order of the logs, each log once. */
  readonly hits: readonly [Hit, ...Hit[]];
}

/** Findings that no other one led to: worst first, then those that most logs have. */
export function groupFindings(logs: readonly ClassifiedLog[]): readonly FindingGroup[] {
  const groups = new Map<string, [Hit, ...Hit[]]>();
  for (const log of logs) {
    for (const finding of log.findings) {
      if (finding.explainedBy !== undefined) continue;
      const hits = groups.get(finding.signature);
      if (hits === undefined) groups.set(finding.signature, [{ log, finding }]);
      else if (hits.at(-1)?.log !== log) hits.push({ log, finding });
    }
  }
  const rank = (kind: FindingClass): number => FINDING_CLASSES.indexOf(kind);
  return [...groups]
    .map(([signature, hits]) => ({ class: hits[0].finding.class, signature, hits }))
    .toSorted(
      (one, other) => rank(one.class) - rank(other.class) || other.hits.length - one.hits.length,
    );
}
