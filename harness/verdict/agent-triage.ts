import { cut, toPrintable } from '../text.ts';
import type { Triage } from './console-triage.ts';
import type { Finding } from './finding.ts';
import { createLineSplitter, type OutputLine } from './line-splitter.ts';

/**
 * The headers of a Rust panic (library/std/src/panicking.rs): since 1.73 the message stands on the
 * next line, since 1.91 with the thread's id; before 1.73 message and place stood on one line, and
 * the message may itself hold what looks like a place, so the last one counts.
 */
const HEADER = /thread '(?:[^'\\]|\\.)*'(?: \(\d+\))? panicked at (\S+?\.rs):(\d+):\d+:$/;
const OLD_HEADER = /thread '(?:[^'\\]|\\.)*' panicked at '(.*)', ([^',]+\.rs):(\d+):\d+$/;
/** Deaths without a panic header: the runtime prints these and aborts. */
const ABORTS = [
  /^memory allocation of \d+ bytes failed/,
  /^thread '.*'(?: \(\d+\))? has overflowed its stack/,
  /^fatal runtime error: .*/,
];

const EXCERPT_LENGTH_MAX = 4096;

interface OpenPanic {
  readonly place: string;
  message: string | undefined;
  readonly start: number;
  end: number;
  excerpt: string;
}

/** Recognises on an agent's stderr that it panicked; the first panic of several that cause each other. */
export function createAgentTriage(): Triage {
  const splitter = createLineSplitter();
  let open: OpenPanic | undefined;

  function close(): readonly Finding[] {
    if (open === undefined) return [];
    const { place, message = '', start, end, excerpt } = open;
    open = undefined;
    return [
      findingOf(`${message || 'panic without a message'} at ${place}`, place, {
        start,
        end,
        excerpt,
      }),
    ];
  }

  function lookAt(line: OutputLine): readonly Finding[] {
    const { text, start, end } = line;
    const old = OLD_HEADER.exec(text);
    const header = HEADER.exec(text);
    if (old !== null || header !== null) {
      const closed = close();
      const [file, row] = old === null ? [header?.[1], header?.[2]] : [old[2], old[3]];
      const place = `${normalisePath(file ?? '')}:${row}`;
      open = { place, message: undefined, start, end, excerpt: toPrintable(text) };
      return old === null ? closed : [...closed, ...takeMessage(old[1] ?? '', line)];
    }
    if (open !== undefined) return takeMessage(text, line);
    if (!ABORTS.some((pattern) => pattern.test(text))) return [];
    return [
      findingOf(text.replace(/\d+ bytes/, 'N bytes'), undefined, {
        start,
        end,
        excerpt: toPrintable(text),
      }),
    ];
  }

  function takeMessage(text: string, line: OutputLine): readonly Finding[] {
    if (open === undefined) return [];
    open.message = cut(toPrintable(text), 200);
    open.end = line.end;
    open.excerpt = cut(`${open.excerpt}\n${toPrintable(text)}`, EXCERPT_LENGTH_MAX);
    return close();
  }

  return {
    push: (chunk) => splitter.push(chunk).flatMap(lookAt),
    flush: () => close(),
  };
}

function findingOf(
  title: string,
  place: string | undefined,
  report: { readonly start: number; readonly end: number; readonly excerpt: string },
): Finding {
  return {
    class: 'agent-panic',
    title,
    ...(place === undefined ? {} : { place }),
    source: 'agent-stderr',
    ...report,
  };
}

/** The same file on every machine: no build folder, registry folder or compiler hash. */
function normalisePath(path: string): string {
  return path
    .replace(/^.*\/registry\/src\/[^/]+\//, '')
    .replace(/^\/rustc\/[0-9a-f]+\//, 'rustc/')
    .replace(/^.*\/\.cargo\/git\/checkouts\//, '');
}
