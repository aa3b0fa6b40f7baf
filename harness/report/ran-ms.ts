import type { RunReport } from './schema.ts';

/**
 * How long a run ran, in milliseconds: without the time between being cut off and being resumed.
 * Undefined if it has not ended.
 */
export function ranMsOf({
  startedAt,
  endedAt,
  idleMs = 0,
}: Pick<RunReport, 'startedAt' | 'endedAt' | 'idleMs'>): number | undefined {
  if (endedAt === undefined) return undefined;
  return Math.max(0, Date.parse(endedAt) - Date.parse(startedAt) - idleMs);
}
