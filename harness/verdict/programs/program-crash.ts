import { omitUndefined } from '../../omit-undefined.ts';
import { beginningOf, toLine, toPrintable } from '../../text.ts';
import { type Finding, type FindingSource, makeFinding } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';

/** A program's own report of its death, by its language or the way it dies. */
export interface ProgramCrash {
  readonly language: 'rust' | 'go' | 'c';
  readonly finding: Finding;
  /** Later lines may be the consequence of such a death. */
  readonly kind?: 'rust-panic' | 'stack-overflow';
  /**
   * Not reported if a death of that kind was reported before; `death` is one of any kind, shortly
   * before.
   */
  readonly follows?: 'rust-panic' | 'stack-overflow' | 'death';
}

/** Reads the reports of one language's programs, line by line. */
export interface CrashReader {
  /** Whether the next lines belong to a report. */
  readonly isOpen: boolean;
  /** The crashes that this line completed. */
  take(line: OutputLine): readonly ProgramCrash[];
  /** The program has exited as Go's do that panicked: what it said of that is all that there is. */
  exit?(): readonly ProgramCrash[];
  /** What is known of an unfinished report; whatever follows is another death. */
  flush(): readonly ProgramCrash[];
}

const EXCERPT_LENGTH_MAX = 4096;

export function crashOf(
  language: ProgramCrash['language'],
  source: FindingSource,
  message: string,
  place: string | undefined,
  { start, end }: { readonly start: number; readonly end: number },
  lines: readonly string[],
  isCut = false,
): ProgramCrash {
  const title = describe(message);
  const finding = makeFinding({
    class: 'agent-panic',
    title: place === undefined ? title : `${title} at ${place}`,
    ...omitUndefined({ place }),
    source,
    start,
    end,
    ...(isCut ? { isCut } : {}),
    excerpt: beginningOf(toPrintable(lines.join('\n')), EXCERPT_LENGTH_MAX),
  });
  return { language, finding };
}

function describe(message: string): string {
  const text = message.replaceAll('`', '').replace(/\b0x[0-9a-f]{6,}\b/g, 'ADDRESS');
  return toLine(text, 160) || 'panic without a message';
}
