import type { RunEvent } from '../events.ts';
import type { Explain } from '../facts/fact-sheet.ts';
import type { RunReport } from '../report/schema.ts';

/** What else is known of a run when it is over. */
export interface RunInsight {
  /** Why a kernel lacks something; absent: nobody looked. */
  readonly explain?: Explain;
}

/** Listens to a run. Reporters neither count nor reorder, and cannot change a run. */
export interface Reporter {
  onEvent?(event: RunEvent): void;
  /** The run is over, or was interrupted; the report is final. */
  onEnd?(report: RunReport, insight?: RunInsight): void;
}

/**
 * Sends everything to all reporters. One that throws is left out from then on and reported in
 * `failures`.
 */
export interface ReporterGroup {
  onEvent(event: RunEvent): void;
  onEnd(report: RunReport, insight?: RunInsight): void;
  /** What the reporters threw: a run with incomplete reports is not a good run. */
  readonly failures: readonly Error[];
}

export function groupReporters(reporters: readonly Reporter[]): ReporterGroup {
  const failures: Error[] = [];
  const failed = new Set<Reporter>();

  function each(act: (reporter: Reporter) => void): void {
    for (const reporter of reporters) {
      if (failed.has(reporter)) continue;
      try {
        act(reporter);
      } catch (error) {
        failed.add(reporter);
        failures.push(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  return {
    onEvent: (event) => each((reporter) => reporter.onEvent?.(event)),
    onEnd: (report, insight) => each((reporter) => reporter.onEnd?.(report, insight)),
    failures,
  };
}
