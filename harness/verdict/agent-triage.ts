import type { Finding } from './finding.ts';
import { createMessageSplitter } from './kernel/kernel-message.ts';
import { createLineSplitter, type OutputLine } from './lines/line-splitter.ts';
import { type UnwrappedLine, unwrapLine } from './lines/unwrap-line.ts';
import { createWordSearch } from './lines/word-search.ts';
import { CRASH_WORDS, createProgramCrashes } from './programs/program-crashes.ts';
import { createDedup, type Dedup, type Triage } from './triage.ts';

const findWord = createWordSearch(CRASH_WORDS);

/**
 * Findings on an agent's stderr. A panic is reported as soon as its message is complete: whoever
 * waits for the agent's answer can stop waiting. Death by a signal is not visible here.
 */
export function createAgentTriage(dedup: Dedup = createDedup()): Triage {
  const splitter = createLineSplitter();
  /** What an agent writes to /dev/kmsg has printk's stamps. */
  const messages = createMessageSplitter();
  const crashes = createProgramCrashes('agent-stderr');

  function lookAt(line: OutputLine): readonly Finding[] {
    return unwrapLine(line)
      .flatMap(withoutStamps)
      .flatMap(crashes.take)
      .map(({ finding }) => finding);
  }

  function withoutStamps(line: UnwrappedLine): readonly UnwrappedLine[] {
    const parts = messages.split(line);
    return parts.length === 0 ? [line] : parts.map(({ text }) => ({ ...line, text }));
  }

  /**
   * Nobody prints half a line and then waits: an unfinished line is the last one of a dead agent.
   */
  function end() {
    const line = splitter.end();
    const last = line === undefined ? [] : lookAt(line);
    return dedup.keepNew([...last, ...crashes.flush().map(({ finding }) => finding)]);
  }

  return {
    push(chunk) {
      const findings: Finding[] = [];
      const find = (bytes: Buffer, from: number) => (crashes.isOpen ? from : findWord(bytes, from));
      splitter.scan(chunk, find, (line) => findings.push(...dedup.keepNew(lookAt(line))));
      return findings;
    },
    flush() {
      const findings = end();
      dedup.reset();
      return findings;
    },
    end,
  };
}
