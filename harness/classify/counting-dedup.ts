import { type Finding, keyOf } from '../verdict/finding.ts';
import { createDedup, type Dedup } from '../verdict/triage.ts';

/** Bytes of a stream, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Lets the same findings through as in a run, and remembers how often each was seen. */
export interface CountingDedup extends Dedup {
  timesSeen(finding: Finding): number;
  /** Of all findings, also those that were not let through. */
  readonly ranges: readonly Range[];
  /** Different findings beyond what one stream may have. */
  readonly dropped: number;
}

/** A log that says the same all the time must not fill memory. */
const RANGES_MAX = 20_000;

export function createCountingDedup(): CountingDedup {
  const dedup = createDedup();
  const times = new Map<string, number>();
  const ranges: Range[] = [];
  let dropped = 0;

  function note(finding: Finding, isNew: boolean): void {
    if (ranges.length < RANGES_MAX) ranges.push({ start: finding.start, end: finding.end });
    const key = keyOf(finding);
    const before = times.get(key);
    if (before !== undefined) times.set(key, before + 1);
    else if (isNew) times.set(key, 1);
    else dropped += 1;
  }

  return {
    keepNew(findings) {
      const fresh = new Set(dedup.keepNew(findings));
      for (const finding of findings) note(finding, fresh.has(finding));
      return findings.filter((finding) => fresh.has(finding));
    },
    reset: dedup.reset,
    timesSeen: (finding) => times.get(keyOf(finding)) ?? 1,
    ranges,
    get dropped() {
      return dropped;
    },
  };
}
