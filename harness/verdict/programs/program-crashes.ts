import type { FindingSource } from '../finding.ts';
import type { UnwrappedLine } from '../lines/unwrap-line.ts';
import type { ProgramCrash } from './program-crash.ts';
import { createWriterCrashes, type WriterCrashes } from './writer-crashes.ts';

export { CRASH_WORDS } from './crash-readers.ts';

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

/** More than that are not followed at once: the one that has been silent for longest is left. */
const WRITERS_MAX = 32;

/** systemd, src/core/service.c: service_sigchld_event; the runtime of Go exits with 2. */
const EXITED = /^([\w@.-]{1,80})\.service: [Mm]ain process exited, code=exited, status=2\b/;

const NONE: readonly ProgramCrash[] = [];

/** The lines of one program are not part of another one's panic: writers are read apart. */
export function createProgramCrashes(source: FindingSource): ProgramCrashes {
  /** The one that wrote last is the last. */
  const writers = new Map<string, WriterCrashes>();

  /** Asked for before each line of a console, and found out after each line that is read here. */
  let isOpen = false;

  function update(): void {
    isOpen = false;
    for (const crashes of writers.values()) isOpen ||= crashes.isOpen;
  }

  function expire(offset: number): readonly ProgramCrash[] {
    if (!isOpen) return NONE;
    const expired = [...writers.values()].flatMap((crashes) => crashes.expire(offset));
    if (expired.length > 0) update();
    return expired;
  }

  function crashesOf({ channel = '', writer = '' }: UnwrappedLine): WriterCrashes {
    const key = `${channel}\0${writer}`;
    const crashes = writers.get(key) ?? createWriterCrashes(source);
    writers.delete(key);
    writers.set(key, crashes);
    return crashes;
  }

  /**
   * The head of an entry says more than the envelope of the lines after it: that its writer has a
   * log, or that it is not the kernel who speaks.
   */
  function openEntryOf({ channel = '', writer = '' }: UnwrappedLine): WriterCrashes | undefined {
    const crashes = writers.get(`${channel}\0${writer === 'kernel' ? '' : `log of ${writer}`}`);
    return crashes?.isEntryOpen ? crashes : undefined;
  }

  /** What the writer that has been silent for longest leaves, if there are too many. */
  function leaveOne(): readonly ProgramCrash[] {
    const [oldest] = writers;
    if (writers.size <= WRITERS_MAX || oldest === undefined) return NONE;
    writers.delete(oldest[0]);
    return oldest[1].flush();
  }

  /** What the main program of a unit has said of a panic, when systemd says that it exited. */
  function exit({ text, channel = '' }: UnwrappedLine): readonly ProgramCrash[] {
    const unit = text.includes('.service: ') ? EXITED.exec(text)?.[1] : undefined;
    if (unit === undefined) return NONE;
    return [...writers]
      .filter(([key]) => key.startsWith(`${channel}\0${unit}[`))
      .flatMap(([, crashes]) => crashes.exit());
  }

  return {
    get isOpen() {
      return isOpen;
    },
    take(line) {
      if (isOpen) {
        const exited = exit(line);
        if (exited.length > 0) {
          update();
          return exited;
        }
      }
      const expired = expire(line.start);
      const own = crashesOf(line);
      const entry = own.isOpen ? undefined : openEntryOf(line);
      const found = entry === undefined ? own.take(line) : entry.goOn(line);
      const left = leaveOne();
      update();
      return found.length + left.length === 0 ? expired : [...expired, ...found, ...left];
    },
    expire,
    flush() {
      const left = [...writers.values()].flatMap((crashes) => crashes.flush());
      writers.clear();
      isOpen = false;
      return left;
    },
  };
}
