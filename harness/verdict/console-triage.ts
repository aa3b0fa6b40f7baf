import { BOOT_WORDS, createBootFailures } from './boot/boot-failures.ts';
import type { Finding } from './finding.ts';
import { type ConsoleMessage, createMessageSplitter, findStamp } from './kernel/kernel-message.ts';
import { matchReportStart, REPORT_WORDS } from './kernel/kernel-reports.ts';
import { isInitDeath } from './kernel/panic-patterns.ts';
import { createReportTracker } from './kernel/report-tracker.ts';
import { createLineSplitter, type OutputLine } from './lines/line-splitter.ts';
import { createWordSearch } from './lines/word-search.ts';
import { type UnwrappedLine, unwrapLine } from './lines/wrapped-line.ts';
import type { ProgramCrash } from './programs/program-crash.ts';
import {
  CRASH_WORDS,
  createProgramCrashes,
  type WrappedCrash,
} from './programs/program-crashes.ts';
import { createDedup, type Dedup, type Triage } from './triage.ts';

const findWord = createWordSearch([...REPORT_WORDS, ...BOOT_WORDS, ...CRASH_WORDS]);
/** Programs that print panics without end must not fill memory; the last ones may have been PID 1. */
const PROGRAMS_MAX = 16;

/**
 * Findings on a kernel's console: panics, oopses and the like, guests that get nowhere, and notes
 * on programs. A report without a recognisable end is handed over when the next one begins, or on
 * `flush`.
 *
 * A program's report of its own death counts only if it explains how PID 1 died: anything else that
 * a program prints here may be a test's output. A console that Kata's shim copied is different:
 * only the kernel and the agent write to that one.
 */
export function createConsoleTriage(dedup: Dedup = createDedup()): Triage {
  const splitter = createLineSplitter();
  const messages = createMessageSplitter();
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

  /** Only the kernel and the agent write to a console that a shim copied. */
  function takeCrashes(found: readonly WrappedCrash[]): readonly Finding[] {
    if (found.length === 0) return [];
    const others = found.filter(({ wrapping }) => wrapping !== 'console');
    programs = [...programs, ...others].slice(-PROGRAMS_MAX);
    return found.filter(({ wrapping }) => wrapping === 'console').map(({ finding }) => finding);
  }

  function lookAtMessage(message: ConsoleMessage, line: UnwrappedLine): readonly Finding[] {
    const { text, from } = message;
    return [
      ...reports.take(message, line).flatMap(complete),
      ...boots.take(message, line),
      ...(from === 'kernel' ? [] : takeCrashes(crashes.take({ ...line, text }))),
    ];
  }

  function lookAt(line: OutputLine): readonly Finding[] {
    const expired = takeCrashes(crashes.expire(line.start));
    const found = unwrapLine(line).flatMap((inner) =>
      messages.split(inner).flatMap((message) => lookAtMessage(message, inner)),
    );
    return expired.length === 0 ? found : [...expired, ...found];
  }

  /** All lines while a report is open; otherwise those with a word that begins one. */
  function findNext(bytes: Buffer, from: number): number {
    if (reports.isOpen || boots.isOpen || crashes.isOpen) return from;
    const word = findWord(bytes, from);
    if (messages.hasStamps) return word;
    const stamp = findStamp(bytes, from, word === -1 ? bytes.length : word);
    return stamp === -1 ? word : stamp;
  }

  /** A guest that died in the middle of a line prints no more; one that is alive will finish it. */
  function lookAtUnfinished(): readonly Finding[] {
    const line = splitter.peek();
    if (line === undefined) return [];
    const isReport = messages.split(line).some(({ text }) => matchReportStart(text) !== undefined);
    if (!isReport && !reports.isOpen) return [];
    splitter.end();
    return lookAt(line);
  }

  function close(): readonly Finding[] {
    return [...takeCrashes(crashes.flush()), ...reports.flush().flatMap(complete)];
  }

  return {
    push(chunk) {
      const findings: Finding[] = [];
      splitter.scan(chunk, findNext, (line) => findings.push(...dedup.keepNew(lookAt(line))));
      return findings;
    },
    flush() {
      const findings = dedup.keepNew([...lookAtUnfinished(), ...close()]);
      programs = [];
      dedup.reset();
      return findings;
    },
    end() {
      const line = splitter.end();
      return dedup.keepNew([...(line === undefined ? [] : lookAt(line)), ...close()]);
    },
  };
}

/** How PID 1 ended, if this was its end: with a panic's exit status, or by a fatal signal. */
function explainsDeath({ language }: ProgramCrash, { title }: Finding): boolean {
  const status = /\(exit status (\d+)\)/.exec(title)?.[1];
  if (status === undefined) return true;
  return status === { rust: '101', go: '2', c: undefined }[language];
}
