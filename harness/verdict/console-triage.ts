import { toPrintable } from '../text.ts';
import type { Finding } from './finding.ts';
import { findFunction, matchReportStart, type ReportStart } from './kernel-reports.ts';
import { createLineSplitter, type OutputLine } from './line-splitter.ts';

/** Looks at the raw bytes of a stream as they come; bounded memory, linear time. */
export interface Triage {
  /** The findings that these bytes completed. */
  push(chunk: Uint8Array): readonly Finding[];
  /** What is known of a report that is not complete yet; when a test or the stream has ended. */
  flush(): readonly Finding[];
}

const EXCERPT_LENGTH_MAX = 4096;
const REPORT_LINES_MAX = 100;
const STAMP = /(?:<\d+>)?\[ *\d+\.\d{6}\](?:\[ *[TC]\d+\])? ?/;
/** Ends of an oops's and of a panic's report. */
const REPORT_END = /^---\[ end |^Rebooting in \d+ seconds/;

interface OpenReport extends ReportStart {
  readonly start: number;
  end: number;
  lines: number;
  excerpt: string;
  place?: string;
}

export function createConsoleTriage(): Triage {
  const splitter = createLineSplitter();
  let open: OpenReport | undefined;

  function close(): readonly Finding[] {
    if (open === undefined) return [];
    const { class: kind, title, place, start, end, excerpt } = open;
    open = undefined;
    const named = place === undefined || title.includes(place) ? title : `${title} in ${place}`;
    return [
      {
        class: kind,
        title: named,
        ...(place === undefined ? {} : { place }),
        source: 'console',
        start,
        end,
        excerpt: excerpt.trimEnd(),
      },
    ];
  }

  function lookAt(line: OutputLine): readonly Finding[] {
    // A program's unfinished line and a kernel message may share one line of the console.
    return line.text.split(STAMP).flatMap((message) => lookAtMessage(message, line));
  }

  function lookAtMessage(message: string, line: OutputLine): readonly Finding[] {
    const report = matchReportStart(message);
    // An oops has several lines that could each begin one; a panic after it is its own.
    const isNew = report !== undefined && (open === undefined || report.class !== open.class);
    const closed = isNew ? close() : [];
    if (isNew) open = { ...report, start: line.start, end: line.end, lines: 0, excerpt: '' };
    if (open === undefined) return closed;
    addLine(open, message, line);
    const isComplete = REPORT_END.test(message) || open.lines >= REPORT_LINES_MAX;
    return isComplete ? [...closed, ...close()] : closed;
  }

  return {
    push: (chunk) => splitter.push(chunk).flatMap(lookAt),
    flush: () => close(),
  };
}

function addLine(report: OpenReport, message: string, line: OutputLine): void {
  report.lines += 1;
  report.end = line.end;
  if (message.trim() !== '' && report.excerpt.length < EXCERPT_LENGTH_MAX) {
    report.excerpt = `${report.excerpt}${toPrintable(message)}\n`.slice(0, EXCERPT_LENGTH_MAX);
  }
  // Init's death says nothing about the function in which it was noticed.
  if (report.class === 'kernel-oops' || !report.title.includes('kill init')) {
    const place = report.place ?? findFunction(message);
    if (place !== undefined) report.place = place;
  }
}
