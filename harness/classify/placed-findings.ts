/** The findings of one triage, with their lines. */
import { toPrintable } from '../text.ts';
import { createAgentTriage } from '../verdict/agent-triage.ts';
import { createConsoleTriage } from '../verdict/console-triage.ts';
import type { Finding } from '../verdict/finding.ts';
import { type CountingDedup, createCountingDedup } from './counting-dedup.ts';
import type { LineIndex } from './line-index.ts';
import type { LogStream } from './log-stream.ts';
import { numberLines, type RecentText } from './recent-text.ts';

/** A finding with its lines, which are known for a while only. */
export interface PlacedFinding {
  readonly finding: Finding;
  readonly line: number | undefined;
  readonly endLine: number | undefined;
  readonly excerptLines: readonly (number | null)[] | undefined;
  /** With its envelopes. */
  readonly firstLine: string | undefined;
}

export interface FindingReader {
  push(slice: Uint8Array): void;
  end(): void;
  readonly placed: readonly PlacedFinding[];
  readonly dedup: CountingDedup;
}

/** Of a run. */
const TRIAGES = { console: createConsoleTriage, agent: createAgentTriage };

/** Reads a log as that stream. */
export function createFindingReader(
  stream: LogStream,
  index: LineIndex,
  recent: RecentText,
): FindingReader {
  const dedup = createCountingDedup();
  const triage = TRIAGES[stream](dedup);
  const placed: PlacedFinding[] = [];
  function keep(findings: readonly Finding[]): void {
    for (const finding of findings) {
      const line = index.lineAt(finding.start);
      const text = line === undefined ? undefined : recent.read(finding);
      const excerptLines =
        line === undefined || text === undefined
          ? undefined
          : numberLines(linesOf(finding.excerpt), text, line);
      const endLine = index.lineAt(finding.end - 1);
      const firstLine = text?.split('\n', 1)[0];
      placed.push({ finding, line, endLine, excerptLines, firstLine });
    }
  }
  return {
    push: (slice) => keep(triage.push(slice)),
    end: () => keep(triage.end()),
    placed,
    dedup,
  };
}

function linesOf(excerpt: string): readonly string[] {
  return toPrintable(excerpt).replace(/\n$/, '').split('\n');
}
