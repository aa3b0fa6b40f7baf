/**
 * Panics as the crates color-eyre, color-backtrace and better-panic print them: what they say and
 * where they are has a line each.
 */
import type { FindingSource } from '../finding.ts';
import type { OutputLine } from '../lines/line-splitter.ts';
import { type CrashReader, crashOf, type ProgramCrash } from './program-crash.ts';
import { placeInRust } from './source-place.ts';

const FIRST = /^The application panicked \(crashed\)\.\s*$/;
const MESSAGE = /^Message: {1,2}(.*)$/;
const LOCATION = /^(?:Location: (.+\.rs):(\d+)|in (.+\.rs), line (\d+))(?::\d+)?\s*$/;
const LINES_MAX = 16;

/** Every line that begins a report contains this. */
export const MESSAGE_WORDS: readonly string[] = ['The application panicked'];

interface Open {
  readonly first: OutputLine;
  readonly lines: string[];
  message: string;
  end: number;
}

export function createPanicMessages(source: FindingSource): CrashReader {
  let open: Open | undefined;

  function close(place: string | undefined, isCut: boolean): readonly ProgramCrash[] {
    if (open === undefined) return [];
    const { first, lines, message, end } = open;
    open = undefined;
    const bytes = { start: first.start, end };
    const crash = crashOf('rust', source, message, place, bytes, lines, isCut);
    return [{ ...crash, kind: 'rust-panic' }];
  }

  return {
    get isOpen() {
      return open !== undefined;
    },
    take(line) {
      const { text, end } = line;
      if (FIRST.test(text)) {
        const closed = close(undefined, true);
        open = { first: line, lines: [text], message: '', end };
        return closed;
      }
      if (open === undefined) return [];
      open.lines.push(text);
      open.end = end;
      const [, path, row = '', other, otherRow = ''] = LOCATION.exec(text) ?? [];
      if (path !== undefined) return close(placeInRust(path, row), false);
      if (other !== undefined) return close(placeInRust(other, otherRow), false);
      if (open.message === '') open.message = (MESSAGE.exec(text)?.[1] ?? text).trim();
      return open.lines.length < LINES_MAX ? [] : close(undefined, true);
    },
    flush: () => close(undefined, true),
  };
}
