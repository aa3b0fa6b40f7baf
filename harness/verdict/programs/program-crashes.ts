import { omitUndefined } from '../../omit-undefined.ts';
import type { FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/wrapped-line.ts';
import type { ProgramCrash } from './program-crash.ts';
import { createWriterCrashes, type WriterCrashes } from './writer-crashes.ts';

export { CRASH_WORDS } from './writer-crashes.ts';

/** `writer` is whose line an envelope calls it. */
export type ProgramLine = UnwrappedLine & { readonly writer?: string };

export interface WrappedCrash extends ProgramCrash, Pick<UnwrappedLine, 'wrapping'> {}

/** The deaths of programs on one stream, in whatever language they are written. */
export interface ProgramCrashes {
  /** Whether the next lines may belong to a report. */
  readonly isOpen: boolean;
  /** The crashes that this line completed. */
  take(line: ProgramLine): readonly WrappedCrash[];
  /** What is known of unfinished reports that have not gone on for long before this byte offset. */
  expire(offset: number): readonly WrappedCrash[];
  /** What is known of unfinished reports; whatever follows is another death. */
  flush(): readonly WrappedCrash[];
}

/** How much a stream may carry of something else before an unfinished report is taken for whole. */
const WAIT_BYTES_MAX = 64 * 1024;
/** More than that are not followed at once: the one that has been silent for longest is left. */
const WRITERS_MAX = 16;

const NONE: readonly WrappedCrash[] = [];

/** What is wrapped in the same way and has the same writer. */
interface Group extends Pick<UnwrappedLine, 'wrapping'> {
  readonly crashes: WriterCrashes;
  /** Where its last line ended. */
  end: number;
}

/**
 * Lines that a program keeps logging meanwhile are not part of its panic, nor are those of another
 * program: what is wrapped in different ways or has different writers is read apart.
 */
export function createProgramCrashes(source: FindingSource): ProgramCrashes {
  /** The last one to have a line is the last one. */
  const groups = new Map<string, Group>();

  function isOpen(): boolean {
    for (const { crashes } of groups.values()) if (crashes.isOpen) return true;
    return false;
  }

  function expire(offset: number): readonly WrappedCrash[] {
    if (!isOpen()) return NONE;
    return [...groups.values()]
      .filter(({ end }) => offset - end > WAIT_BYTES_MAX)
      .flatMap((group) => wrap(group, group.crashes.expire()));
  }

  function groupOf(key: string, wrapping: UnwrappedLine['wrapping']): Group {
    const known = groups.get(key);
    groups.delete(key);
    const group = known ?? {
      ...omitUndefined({ wrapping }),
      crashes: createWriterCrashes(source, wrapping === 'log'),
      end: 0,
    };
    groups.set(key, group);
    return group;
  }

  /** What the writer that has been silent for longest leaves, if there are too many. */
  function leaveOne(): readonly WrappedCrash[] {
    const [oldest] = groups;
    if (groups.size <= WRITERS_MAX || oldest === undefined) return NONE;
    groups.delete(oldest[0]);
    return wrap(oldest[1], oldest[1].crashes.flush());
  }

  return {
    get isOpen() {
      return isOpen();
    },
    take(line) {
      const { wrapping, writer = '' } = line;
      const expired = expire(line.start);
      const group = groupOf(`${wrapping ?? ''} ${writer}`, wrapping);
      group.end = line.end;
      const found = group.crashes.take(line);
      const left = leaveOne();
      if (found.length + left.length === 0) return expired;
      return [...expired, ...wrap(group, found), ...left];
    },
    expire,
    flush() {
      const left = [...groups.values()].flatMap((group) => wrap(group, group.crashes.flush()));
      groups.clear();
      return left;
    },
  };
}

function wrap({ wrapping }: Group, crashes: readonly ProgramCrash[]): readonly WrappedCrash[] {
  return crashes.map((crash) => ({ ...crash, ...omitUndefined({ wrapping }) }));
}
