import { BOOT_WORDS } from './boot/boot-failures.ts';
import type { Finding } from './finding.ts';
import { createGuestConsoles } from './guest-consoles.ts';
import { findKernelLine } from './kernel/kernel-lines.ts';
import { matchReportStart, REPORT_WORDS } from './kernel/kernel-reports.ts';
import { COLOUR_WORDS } from './lines/colour-words.ts';
import { createLineSplitter, type OutputLine } from './lines/line-splitter.ts';
import { createShortWordSearch } from './lines/short-word-search.ts';
import { unwrapLine } from './lines/unwrap-line.ts';
import { createWordSearch } from './lines/word-search.ts';
import { CRASH_WORDS } from './programs/program-crashes.ts';
import { createDedup, type Dedup, type Triage } from './triage.ts';

/** So short that all others would be found more slowly with them: a bug's, a fault's count, a colour's end. */
const SHORT_WORDS: readonly string[] = ['BUG: ', '[#', '\x1b[0m'];
const findShortWord = createShortWordSearch(SHORT_WORDS);
const findLongWord = createWordSearch(
  [...REPORT_WORDS, ...BOOT_WORDS, ...CRASH_WORDS, ...COLOUR_WORDS].filter(
    (word) => !SHORT_WORDS.some((short) => word.includes(short)),
  ),
);

function findWord(bytes: Buffer, from: number): number {
  const short = findShortWord(bytes, from);
  const long = findLongWord(bytes, from, short === -1 ? bytes.length : short);
  return long === -1 ? short : long;
}

/**
 * Findings on a kernel's console: panics, oopses and the like, guests that get nowhere, and notes
 * on programs. A report without a recognisable end is handed over when the next one begins, or on
 * `flush`.
 */
export function createConsoleTriage(dedup: Dedup = createDedup()): Triage {
  const splitter = createLineSplitter();
  const consoles = createGuestConsoles();

  function lookAt(line: OutputLine): readonly Finding[] {
    const expired = consoles.expire(line.start);
    const lines = unwrapLine(line);
    const [only] = lines;
    const found =
      only !== undefined && lines.length === 1 ? consoles.take(only) : lines.flatMap(consoles.take);
    return expired.length === 0 ? found : [...expired, ...found];
  }

  /** All lines while a report is open; otherwise those with a word that begins one. */
  function findNext(bytes: Buffer, from: number): number {
    if (consoles.isOpen) return from;
    const word = findWord(bytes, from);
    if (consoles.isKernelKnown) return word;
    const mark = findKernelLine(bytes, from, word === -1 ? bytes.length : word);
    return mark === -1 ? word : mark;
  }

  /** A guest that died in the middle of a line prints no more; one that is alive will finish it. */
  function lookAtUnfinished(): readonly Finding[] {
    const line = splitter.peek();
    if (line === undefined) return [];
    const isReport = unwrapLine(line)
      .flatMap(consoles.split)
      .some(({ text }) => matchReportStart(text) !== undefined);
    if (!isReport && !consoles.isReporting) return [];
    splitter.end();
    return lookAt(line);
  }

  return {
    push(chunk) {
      const findings: Finding[] = [];
      splitter.scan(chunk, findNext, (line) => {
        const found = lookAt(line);
        if (found.length > 0) findings.push(...dedup.keepNew(found));
      });
      return findings;
    },
    flush() {
      const findings = dedup.keepNew([...lookAtUnfinished(), ...consoles.flush()]);
      consoles.forgetPrograms();
      dedup.reset();
      return findings;
    },
    end() {
      const line = splitter.end();
      return dedup.keepNew([...(line === undefined ? [] : lookAt(line)), ...consoles.flush()]);
    },
  };
}
