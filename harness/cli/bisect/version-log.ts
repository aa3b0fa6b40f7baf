/** The steps of a bisect of versions, by label of the kernel. */
import { relative } from 'node:path';
import type { Step } from '../../bisect/search-state.ts';
import type { Candidate } from './candidates.ts';
import type { Journal } from './journal.ts';
import type { Measured, Measurer } from './measure.ts';

/** Measures each kernel once, and keeps every step on the disk. */
export interface VersionLog {
  /** Undefined: it was not measured yet. */
  known(candidate: Candidate): Step | undefined;
  measure(candidate: Candidate): Promise<Step>;
}

export function openVersionLog(journal: Journal<'versions'>, measurer: Measurer): VersionLog {
  return {
    known: ({ label }) => journal.find(label),
    async measure(candidate) {
      const before = journal.find(candidate.label);
      if (before !== undefined) return before;
      const beginMs = performance.now();
      const measured = await measurer.measure(candidate.kernel);
      const step = stepOf(candidate, journal.folder, measured, performance.now() - beginMs);
      const { wanted } = measurer;
      if (wanted?.kind === 'signature') journal.learnSignature(wanted.signature);
      journal.add(step);
      return step;
    },
  };
}

function stepOf(
  { label, kernel }: Candidate,
  folder: string,
  { folder: own, fault: _, ...measured }: Measured,
  durationMs: number,
): Step {
  return {
    ...{ key: label, name: kernel.name, ...measured },
    folder: relative(folder, own),
    durationMs: Math.round(durationMs),
  };
}
