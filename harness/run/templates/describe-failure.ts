import type { FailedStart } from '../../live-guest/failed-start.ts';
import { decideVerdict } from '../../verdict/decide.ts';

export function describeFailure({ evidence }: FailedStart): string {
  const { detail, verdict } = decideVerdict(evidence);
  return detail?.message ?? verdict;
}
