import type { FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import type { ProgramCrash } from './program-crash.ts';
import { createWriterCrashes, type WriterCrashes } from './writer-crashes.ts';

export { CRASH_WORDS } from './writer-crashes.ts';

/** The deaths of programs on one stream, in whatever language they are written. */
export interface ProgramCrashes {
  /** Whether the next lines may belong to a report. */
  readonly isOpen: boolean;
  /** The crashes that this line completed. */
  take(line: UnwrappedLine): readonly ProgramCrash[];
  /** What is known of unfinished reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly ProgramCrash[];
  /** What is known of unfinished reports; whatever follows is another death. */
  flush(): readonly ProgramCrash[];
}

/** How much a stream may carry of something else before an unfinished report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;
/** More than that are not followed at once: the one that has been silent for longest is left. */
const WRITERS_MAX = 32;

const NONE: readonly ProgramCrash[] = [];

/** What is wrapped in the same way and has the same writer. */
interface Group {
  readonly crashes: WriterCrashes;
  /** Where its last line ended. */
  end: number;
}

/**
 * Lines that a program keeps logging meanwhile are not part of its panic, nor are those of another
 * program: what is wrapped in different ways or has different writers is read apart.
 */
export function createProgramCrashes(source: FindingSource): ProgramCrashes {
  /** The one that wrote last is the last. */
  const groups = new Map<string, Group>();

  function isOpen(): boolean {
    for (const { crashes } of groups.values()) if (crashes.isOpen) return true;
    return false;
  }

  function expire(offset: number): readonly ProgramCrash[] {
    if (!isOpen()) return NONE;
    return [...groups.values()]
      .filter(({ end }) => offset - end > WAIT_BYTES_MAX)
      .flatMap(({ crashes }) => crashes.expire());
  }

  function groupOf({ channel = '', writer = '', wrapping }: UnwrappedLine): Group {
    const key = `${channel}\0${writer}\0${wrapping ?? ''}`;
    const known = groups.get(key);
    groups.delete(key);
    const group = known ?? { crashes: createWriterCrashes(source, wrapping === 'log'), end: 0 };
    groups.set(key, group);
    return group;
  }

  /** What the writer that has been silent for longest leaves, if there are too many. */
  function leaveOne(): readonly ProgramCrash[] {
    const [oldest] = groups;
    if (groups.size <= WRITERS_MAX || oldest === undefined) return NONE;
    groups.delete(oldest[0]);
    return oldest[1].crashes.flush();
  }

  return {
    get isOpen() {
      return isOpen();
    },
    take(line) {
      const expired = expire(line.start);
      const group = groupOf(line);
      group.end = line.end;
      const found = group.crashes.take(line);
      const left = leaveOne();
      return found.length + left.length === 0 ? expired : [...expired, ...found, ...left];
    },
    expire,
    flush() {
      const left = [...groups.values()].flatMap(({ crashes }) => crashes.flush());
      groups.clear();
      return left;
    },
  };
}
