import { type Finding, isCrash } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import type { ConsoleMessage } from './kernel-message.ts';
import { matchReportStart } from './kernel-reports.ts';
import { type OpenReport, openReport, PROGRAM } from './open-report.ts';
import { isFollowUp } from './panic-patterns.ts';
import type { ReportStart } from './report-start.ts';

/**
 * The reports in a kernel's messages. Where messages name their caller, each caller's report is
 * followed on its own, however they interleave; elsewhere a report ends where the next one begins.
 */
export interface ReportTracker {
  /** Whether the next messages may belong to a report. */
  readonly isOpen: boolean;
  /**
   * The findings that this message completed.
   *
   * @param mayBegin Whether the message has a word of a report's first line.
   */
  take(message: ConsoleMessage, line: OutputLine, mayBegin: boolean): readonly Finding[];
  /** What is known of reports whose end has not arrived. */
  flush(): readonly Finding[];
}

/** A guest that begins reports endlessly must not fill memory. */
const OPEN_MAX = 16;

/** A report, and what a panic in it has to do with. */
interface Entry {
  readonly report: OpenReport;
  /** Closed before. */
  readonly cause?: Finding | undefined;
  /** Not closed: the trace after the panic is that of the cause, too. */
  readonly openCause?: OpenReport | undefined;
}

const NONE: readonly Finding[] = [];

export function createReportTracker(): ReportTracker {
  /** Oldest first, at most one for each caller. */
  const open: Entry[] = [];
  let lastFinding: Finding | undefined;

  function close(entry: Entry, isEnded: boolean): readonly Finding[] {
    open.splice(open.indexOf(entry), 1);
    const { report, openCause } = entry;
    const cause = openCause?.toFinding(isEnded || report.isComplete);
    const finding = report.toFinding(isEnded, cause ?? entry.cause);
    if (isCrash(finding)) lastFinding = finding;
    return cause === undefined ? [finding] : [cause, finding];
  }

  function take(message: ConsoleMessage, line: OutputLine, mayBegin: boolean): readonly Finding[] {
    const { text } = message;
    const current = findOpen(callerOf(message));
    const isPart = current?.report.isPartOf(text) === true;
    const start = isPart || !mayBegin ? undefined : matchReportStart(text);
    if (start !== undefined && isNew(start, message, current)) {
      return begin(start, message, line, current);
    }
    if (current === undefined) return NONE;
    const next = current.report.tellNext(text);
    if (next === 'other') return NONE;
    return next === 'end' ? close(current, true) : add(current, text, line);
  }

  function findOpen(caller: string | undefined): Entry | undefined {
    for (const entry of open) if (entry.report.isBy(caller)) return entry;
    return undefined;
  }

  function isNew(
    start: ReportStart,
    { from }: ConsoleMessage,
    current: Entry | undefined,
  ): boolean {
    if (from === 'program' && !start.isCopied) return false;
    if (current === undefined) return true;
    return !start.isStray && !current.report.takeText(start);
  }

  function begin(
    start: ReportStart,
    message: ConsoleMessage,
    line: OutputLine,
    current: Entry | undefined,
  ): readonly Finding[] {
    // A line about a program, for example, may come in the middle of a report.
    const before = start.isLine ? undefined : current;
    const ended = before ?? (open.length >= OPEN_MAX ? open[0] : undefined);
    const sharesTrace = before?.report.lacksTrace === true && isFollowUp(start, before.report);
    if (sharesTrace) open.splice(open.indexOf(before), 1);
    const closed = ended === undefined || sharesTrace ? [] : close(ended, true);
    const report = openReport(start, callerOf(message), line);
    const entry: Entry = sharesTrace
      ? { report, openCause: before.report }
      : { report, cause: lastFinding };
    open.push(entry);
    return [...closed, ...add(entry, message.text, line)];
  }

  function add(entry: Entry, text: string, line: OutputLine): readonly Finding[] {
    entry.openCause?.add(text, line);
    entry.report.add(text, line);
    return entry.report.isComplete ? close(entry, false) : NONE;
  }

  return {
    get isOpen() {
      return open.length > 0;
    },
    take,
    flush: () => [...open].flatMap((entry) => close(entry, false)),
  };
}

function callerOf({ caller, from }: ConsoleMessage): string | undefined {
  return from === 'program' ? PROGRAM : caller;
}
