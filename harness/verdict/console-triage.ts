import { toLine, toPrintable } from '../text.ts';
import { type Finding, makeFinding } from './finding.ts';
import { createMessageSplitter } from './kernel-message.ts';
import { isInitDeath, matchReportStart, REPORT_WORDS } from './kernel-reports.ts';
import { createLineSplitter, type OutputLine } from './line-splitter.ts';
import { type OpenReport, openReport } from './open-report.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';
import { createDedup, type Triage } from './triage.ts';

/** Why a kernel found no init to run stands some lines before it gives up (init/main.c). */
const FAILED_INIT = /^Failed to execute (\S+) \(error -?(\d+)\)/;
/** With the errors of execve(2) that do not say what they mean. */
const EXEC_ERRORS: Readonly<Record<string, string>> = {
  2: 'ENOENT: it is missing, or what its first bytes name as its interpreter is',
  8: 'ENOEXEC: it is no program that this kernel can run',
  13: 'EACCES: it may not be executed',
};
/** Last words of the project's own init, before it powers the guest off. */
const INIT_GAVE_UP = /^init: fatal: (.+)/;

const WORDS = new RegExp(
  `${REPORT_WORDS.source}|${RUST_WORDS.source}|Failed to execute|init: fatal`,
);

/**
 * Findings on a kernel's console: panics, oopses and their kin, and guests that get nowhere. A
 * report without a recognisable end is told when the next one begins, or on `flush`.
 */
export function createConsoleTriage(): Triage {
  const splitter = createLineSplitter();
  const messages = createMessageSplitter();
  const rustPanics = createRustPanics('console');
  const dedup = createDedup();
  let open: OpenReport | undefined;
  let lastReport: Finding | undefined;
  let failedInit: { readonly path: string; readonly why: string } | undefined;
  let lastRustPanic: Finding | undefined;

  function close(): readonly Finding[] {
    if (open === undefined) return [];
    const finding = open.toFinding();
    open = undefined;
    lastReport = finding;
    if (finding.class === 'boot-failure' && failedInit !== undefined) {
      const { path, why } = failedInit;
      const subject = finding.title.includes(path) ? '' : `: ${path}`;
      return [makeFinding({ ...finding, title: `${finding.title}${subject} (${why})` })];
    }
    // As PID 1, an agent that panics takes the kernel along.
    if (isInitDeath(finding) && lastRustPanic !== undefined) return [lastRustPanic, finding];
    return [finding];
  }

  function lookAtKernel(message: string, line: OutputLine): readonly Finding[] {
    const failed = FAILED_INIT.exec(message);
    if (failed !== null) failedInit = { path: failed[1] ?? '', why: nameError(failed[2]) };
    const start = matchReportStart(message);
    const isNew = start !== undefined && !open?.isPartOf(message);
    const closed = isNew ? close() : [];
    if (isNew) open = openReport(start, line, lastReport);
    open?.add(message, line);
    return open?.isComplete ? [...closed, ...close()] : closed;
  }

  function lookAtProgram(text: string, line: OutputLine): readonly Finding[] {
    lastRustPanic = rustPanics.take({ ...line, text })[0] ?? lastRustPanic;
    const reason = INIT_GAVE_UP.exec(text)?.[1];
    if (reason === undefined) return [];
    const { start, end } = line;
    const title = `init gave up: ${toLine(reason)}`;
    return [
      makeFinding({
        class: 'boot-failure',
        title,
        source: 'init',
        start,
        end,
        excerpt: toPrintable(text),
      }),
    ];
  }

  function lookAt(line: OutputLine): readonly Finding[] {
    return messages
      .split(line)
      .flatMap(({ text, from }) => [
        ...(from === 'program' ? [] : lookAtKernel(text, line)),
        ...(from === 'kernel' ? [] : lookAtProgram(text, line)),
      ]);
  }

  /** A guest that died within a line has no more to say; one that lives will finish it. */
  function lookAtUnfinished(): readonly Finding[] {
    const line = splitter.peek();
    if (line === undefined) return [];
    const isReport = messages.split(line).some(({ text }) => matchReportStart(text) !== undefined);
    if (!isReport && open === undefined) return [];
    splitter.end();
    return lookAt(line);
  }

  return {
    push(chunk) {
      const isIdle = open === undefined && !rustPanics.isOpen && messages.hasStamps;
      if (isIdle && splitter.pass(chunk, WORDS)) return [];
      return dedup.keepNew(splitter.push(chunk).flatMap(lookAt));
    },
    flush() {
      const findings = dedup.keepNew([...lookAtUnfinished(), ...close()]);
      dedup.reset();
      return findings;
    },
    end() {
      const line = splitter.end();
      return dedup.keepNew([...(line === undefined ? [] : lookAt(line)), ...close()]);
    },
  };
}

function nameError(number = ''): string {
  return EXEC_ERRORS[number] ?? `error ${number}`;
}
