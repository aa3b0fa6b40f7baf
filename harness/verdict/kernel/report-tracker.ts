import { type Finding, isCrash } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import type { ConsoleMessage } from './kernel-message.ts';
import { matchReportStart } from './kernel-reports.ts';
import { type OpenReport, openReport } from './open-report.ts';
import type { ReportStart } from './report-start.ts';

/**
 * The reports in a kernel's messages. Where messages name their caller, each caller's report is
 * followed on its own, however they interleave; elsewhere a report ends where the next one begins.
 */
export interface ReportTracker {
  /** Whether the next messages may belong to a report. */
  readonly isOpen: boolean;
  /** The findings that this message completed. */
  take(message: ConsoleMessage, line: OutputLine): readonly Finding[];
  /** What is known of reports whose end has not arrived. */
  flush(): readonly Finding[];
}

/** A guest that begins reports endlessly must not fill memory. */
const OPEN_MAX = 16;

export function createReportTracker(): ReportTracker {
  /** Oldest first, at most one for each caller. */
  const open: OpenReport[] = [];
  let lastFinding: Finding | undefined;

  function close(report: OpenReport, isEnded: boolean): Finding {
    open.splice(open.indexOf(report), 1);
    const finding = report.toFinding(isEnded);
    if (isCrash(finding)) lastFinding = finding;
    return finding;
  }

  function take(message: ConsoleMessage, line: OutputLine): readonly Finding[] {
    const { text, caller } = message;
    const current = open.find((report) => report.isBy(caller));
    const start = current?.isPartOf(text) ? undefined : matchReportStart(text);
    if (start !== undefined) return begin(start, message, line);
    if (current === undefined) return [];
    if (!current.goesOnWith(text)) return [close(current, true)];
    return add(current, text, line);
  }

  function begin(
    start: ReportStart,
    message: ConsoleMessage,
    line: OutputLine,
  ): readonly Finding[] {
    // A line about a program, for example, may come in the middle of a report.
    const before = start.isLine ? undefined : open.find((report) => report.isBy(message.caller));
    const ended = before ?? (open.length >= OPEN_MAX ? open[0] : undefined);
    const closed = ended === undefined ? [] : [close(ended, true)];
    const report = openReport(start, message, line, lastFinding);
    open.push(report);
    return [...closed, ...add(report, message.text, line)];
  }

  function add(report: OpenReport, text: string, line: OutputLine): readonly Finding[] {
    report.add(text, line);
    return report.isComplete ? [close(report, false)] : [];
  }

  return {
    get isOpen() {
      return open.length > 0;
    },
    take,
    flush: () => [...open].map((report) => close(report, false)),
  };
}
