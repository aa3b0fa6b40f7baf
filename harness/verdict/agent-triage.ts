import type { Finding } from './finding.ts';
import { createLineSplitter, type OutputLine } from './lines/line-splitter.ts';
import { createWordSearch } from './lines/word-search.ts';
import { unwrapLine } from './lines/wrapped-line.ts';
import { CRASH_WORDS, createProgramCrashes } from './programs/program-crashes.ts';
import { createDedup, type Dedup, type Triage } from './triage.ts';

const findWord = createWordSearch(CRASH_WORDS);

/**
 * Findings on an agent's stderr. A panic is reported as soon as its message is complete: whoever
 * waits for the agent's answer can stop waiting. Death by a signal is not visible here.
 */
export function createAgentTriage(dedup: Dedup = createDedup()): Triage {
  const splitter = createLineSplitter();
  const crashes = createProgramCrashes('agent-stderr');

  function lookAt(line: OutputLine) {
    return unwrapLine(line)
      .flatMap(crashes.take)
      .map(({ finding }) => finding);
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
