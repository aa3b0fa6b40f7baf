import { type Finding, isCrash, keyOf } from './finding.ts';

/**
 * Looks at the raw bytes of one stream as they arrive, in linear time and bounded memory. Bytes are
 * untrusted: nothing makes it throw.
 */
export interface Triage {
  /** The findings that these bytes completed. */
  push(chunk: Uint8Array): readonly Finding[];
  /**
   * Called when a test or the stream has ended: returns what is known of a report whose end was not
   * seen, even in the middle of a line. What follows belongs to the next test.
   */
  flush(): readonly Finding[];
  /** The stream has ended, possibly in the middle of a line. */
  end(): readonly Finding[];
}

/** A guest that reports endlessly must not fill memory and the event log. */
const FINDINGS_MAX = 100;
/** Nor may reports about programs keep the kernel's reports out. */
const NOTES_MAX = 20;

/**
 * Lets each finding through once until `reset`: the tenth soft lockup says the same as the first.
 */
export interface Dedup {
  keepNew(findings: readonly Finding[]): readonly Finding[];
  reset(): void;
}

export function createDedup(): Dedup {
  const crashes = new Set<string>();
  const notes = new Set<string>();

  function isNew(finding: Finding): boolean {
    const [seen, max] = isCrash(finding) ? [crashes, FINDINGS_MAX] : [notes, NOTES_MAX];
    const key = keyOf(finding);
    if (seen.has(key) || seen.size >= max) return false;
    seen.add(key);
    return true;
  }

  return {
    keepNew: (findings) => findings.filter(isNew),
    reset() {
      crashes.clear();
      notes.clear();
    },
  };
}
