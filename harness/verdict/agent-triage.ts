import { createLineSplitter } from './line-splitter.ts';
import { createRustPanics, RUST_WORDS } from './rust-panics.ts';
import { createDedup, type Triage } from './triage.ts';

/**
 * Findings on an agent's stderr. A panic is told as soon as its message is there: whoever waits for
 * the agent's answer need not wait any longer. Its death by a signal is not seen here.
 */
export function createAgentTriage(): Triage {
  const splitter = createLineSplitter();
  const panics = createRustPanics('agent-stderr');
  const dedup = createDedup();

  /** Nobody prints half a line and then waits: an unfinished one is the last of a dead agent. */
  function end() {
    const line = splitter.end();
    const last = line === undefined ? [] : panics.take(line);
    return dedup.keepNew([...last, ...panics.flush()]);
  }

  return {
    push(chunk) {
      if (!panics.isOpen && splitter.pass(chunk, RUST_WORDS)) return [];
      return dedup.keepNew(splitter.push(chunk).flatMap(panics.take));
    },
    flush() {
      const findings = end();
      dedup.reset();
      return findings;
    },
    end,
  };
}
