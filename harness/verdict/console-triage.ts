import { BOOT_WORDS, createBootFailures } from './boot-failures.ts';
import type { Finding } from './finding.ts';
import { type ConsoleMessage, createMessageSplitter, findStamp } from './kernel-message.ts';
import { matchReportStart, REPORT_WORDS } from './kernel-reports.ts';
import { createLineSplitter, type OutputLine } from './line-splitter.ts';
import { isInitDeath } from './panic-patterns.ts';
import type { ProgramCrash } from './program-crash.ts';
import { CRASH_WORDS, createProgramCrashes } from './program-crashes.ts';
import { createReportTracker } from './report-tracker.ts';
import { createDedup, type Triage } from './triage.ts';
import { createWordSearch } from './word-search.ts';
import { type UnwrappedLine, unwrapLine } from './wrapped-line.ts';

const findWord = createWordSearch([...REPORT_WORDS, ...BOOT_WORDS, ...CRASH_WORDS]);

/**
 * Findings on a kernel's console: panics, oopses and the like, guests that get nowhere, and notes
 * on programs. A report without a recognisable end is handed over when the next one begins, or on
 * `flush`.
 *
 * A program's report of its own death counts only if it explains how PID 1 died: anything else that
 * a program prints here may be a test's output. A console that Kata's shim copied is different:
 * only the kernel and the agent write to that one.
 */
export function createConsoleTriage(): Triage {
  const splitter = createLineSplitter();
  const messages = createMessageSplitter();
  const reports = createReportTracker();
  const boots = createBootFailures();
  const crashes = createProgramCrashes('console');
  const dedup = createDedup();
  let lastCrash: ProgramCrash | undefined;

  function complete(finding: Finding): readonly Finding[] {
    if (finding.class === 'kernel-panic') boots.notePanic();
    const crash = lastCrash;
    if (!isInitDeath(finding) || crash === undefined || !explainsDeath(crash, finding)) {
      return [boots.explain(finding)];
    }
    lastCrash = undefined;
    return [crash.finding, finding];
  }

  function lookAtProgram(text: string, line: UnwrappedLine): readonly Finding[] {
    const [crash] = crashes.take({ ...line, text });
    if (crash === undefined) return [];
    if (line.wrapping === 'console') return [crash.finding];
    lastCrash ??= crash;
    return [];
  }

  function lookAtMessage(message: ConsoleMessage, line: UnwrappedLine): readonly Finding[] {
    const { text, from } = message;
    return [
      ...(from === 'program' ? [] : reports.take(message, line).flatMap(complete)),
      ...boots.take(message, line),
      ...(from === 'kernel' ? [] : lookAtProgram(text, line)),
    ];
  }

  function lookAt(line: OutputLine): readonly Finding[] {
    return unwrapLine(line).flatMap((inner) =>
      messages.split(inner).flatMap((message) => lookAtMessage(message, inner)),
    );
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
    crashes.flush().forEach((crash) => {
      lastCrash ??= crash;
    });
    return reports.flush().flatMap(complete);
  }

  return {
    push(chunk) {
      const findings: Finding[] = [];
      splitter.scan(chunk, findNext, (line) => findings.push(...lookAt(line)));
      return dedup.keepNew(findings);
    },
    flush() {
      const findings = dedup.keepNew([...lookAtUnfinished(), ...close()]);
      lastCrash = undefined;
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
