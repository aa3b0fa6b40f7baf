import type { CrashReport, FailureReport } from '../../report/schema.ts';
import { toLine } from '../../text.ts';
import type { Verdict } from '../../verdict/verdict.ts';

const LENGTH_MAX = 400;

/** What a cause is called, in a line. */
export function titleOfGroup(group: CrashReport | FailureReport): string {
  const title = 'class' in group ? group.title : (group.cause ?? group.message);
  return toLine(title, LENGTH_MAX) || 'without a message';
}

export function verdictOfGroup(group: CrashReport | FailureReport): Verdict {
  return 'class' in group ? group.class : group.verdict;
}
