import { BOOT_WORDS, createBootFailures } from './boot/boot-failures.ts';
import { FAULT_WORDS } from './boot/reboots.ts';
import type { Finding } from './finding.ts';
import {
  type ConsoleMessage,
  createMessageSplitter,
  type MessageSplitter,
} from './kernel/kernel-message.ts';
import { REPORT_WORDS } from './kernel/kernel-reports.ts';
import { isInitDeath } from './kernel/panic-patterns.ts';
import { createReportTracker } from './kernel/report-tracker.ts';
import type { UnwrappedLine } from './lines/unwrap-line.ts';
import { createWordMarks } from './lines/word-marks.ts';
import type { ProgramCrash } from './programs/program-crash.ts';
import { CRASH_WORDS, createProgramCrashes } from './programs/program-crashes.ts';

/** What one guest's console says. */
export interface GuestConsole {
  readonly messages: MessageSplitter;
  /** Whether the next lines may belong to a report. */
  readonly isOpen: boolean;
  /** Whether the first lines are still awaited, of which each may matter. */
  readonly isEarly: boolean;
  /** Whether a kernel's report may go on. */
  readonly isReporting: boolean;
  take(line: UnwrappedLine): readonly Finding[];
  /** What is known of unfinished reports of programs that have not gone on for long. */
  expire(offset: number): readonly Finding[];
  /** What is known of all unfinished reports. */
  flush(): readonly Finding[];
  /** What comes next belongs to another test. */
  forgetPrograms(): void;
}

/** Programs that print panics without end must not fill memory; the last ones may have been PID 1. */
const PROGRAMS_MAX = 16;

const NONE: readonly Finding[] = [];

/** Who looks for which words, by bit. */
const REPORT = 1;
const BOOT = 2;
const CRASH = 4;
const marksOf = createWordMarks(REPORT_WORDS, [...BOOT_WORDS, ...FAULT_WORDS], CRASH_WORDS);

/**
 * A program's report of its own death counts only if it explains how PID 1 died: anything else that
 * a program prints here may be a test's output. A console that Kata's shim copied is different:
 * only the kernel and the agent write to that one.
 *
 * @param isKernelKnown Whether another console of the stream has shown how the kernel's lines look.
 */
export function createGuestConsole(isCopied: boolean, isKernelKnown: () => boolean): GuestConsole {
  const messages = createMessageSplitter(isKernelKnown);
  const reports = createReportTracker();
  const boots = createBootFailures();
  const crashes = createProgramCrashes('console');
  /** Of programs that may have been PID 1, oldest first. */
  let programs: readonly ProgramCrash[] = [];

  function complete(finding: Finding): readonly Finding[] {
    if (finding.class === 'kernel-panic') boots.notePanic();
    if (!isInitDeath(finding)) return [boots.explain(finding)];
    const causes = programs.filter((crash) => explainsDeath(crash, finding));
    programs = [];
    return [...causes.map((crash) => crash.finding), boots.explain(finding)];
  }

  function takeCrashes(found: readonly ProgramCrash[]): readonly Finding[] {
    if (found.length === 0) return [];
    if (isCopied) return found.map(({ finding }) => finding);
    programs = [...programs, ...found].slice(-PROGRAMS_MAX);
    return [];
  }

  /** Only those look at a message that wait for more, or have words in it. */
  function takeMessage(message: ConsoleMessage, line: UnwrappedLine): readonly Finding[] {
    const { text, from } = message;
    const marks = marksOf(text);
    boots.noteWriter(from, line.text);
    if (marks === 0 && !reports.isOpen && !boots.isOpen && !crashes.isOpen) return NONE;
    const found: Finding[] = [];
    if (reports.isOpen || (marks & REPORT) !== 0) {
      for (const finding of reports.take(message, line, (marks & REPORT) !== 0)) {
        found.push(...complete(finding));
      }
    }
    if (boots.isOpen || (marks & BOOT) !== 0) found.push(...boots.take(message, line));
    if (crashes.isOpen || (marks & CRASH) !== 0) {
      const own = from === 'kernel' ? writtenToKernel(line, text) : { ...line, text };
      found.push(...takeCrashes(crashes.take(own)));
    }
    return found;
  }

  return {
    messages,
    get isOpen() {
      return reports.isOpen || crashes.isOpen;
    },
    get isEarly() {
      return boots.isOpen;
    },
    get isReporting() {
      return reports.isOpen;
    },
    take(line) {
      const all = messages.split(line);
      const [only] = all;
      if (only !== undefined && all.length === 1) return takeMessage(only, line);
      return all.flatMap((message) => takeMessage(message, line));
    },
    expire: (offset) => (crashes.isOpen ? takeCrashes(crashes.expire(offset)) : NONE),
    flush: () => [...takeCrashes(crashes.flush()), ...reports.flush().flatMap(complete)],
    forgetPrograms() {
      programs = [];
    },
  };
}

/**
 * A program whose output goes to /dev/kmsg dies there, too: like an entry of a log, a message of
 * the kernel's may quote anything, but begins with a report only if it is one.
 */
function writtenToKernel(line: UnwrappedLine, text: string): UnwrappedLine {
  return { ...line, text, writer: '/dev/kmsg', wrapping: 'log' };
}

/** How PID 1 ended, if this was its end: with a panic's exit status, or by a fatal signal. */
function explainsDeath({ language }: ProgramCrash, { title }: Finding): boolean {
  const status = /\(exit status (\d+)\)/.exec(title)?.[1];
  if (status === undefined) return true;
  return status === { rust: '101', go: '2', c: undefined }[language];
}
