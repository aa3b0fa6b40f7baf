/**
 * The first lines of what a Linux kernel reports about itself, in its own words. Each pattern is
 * matched against one message without its time stamp, from the first character: kernels use such
 * words elsewhere, too. The patterns name the source file that prints them.
 */

import { beginningOf } from '../../text.ts';
import { ARCH_PATTERNS } from './arch-patterns.ts';
import { FAULT_PATTERNS } from './fault-patterns.ts';
import { FILESYSTEM_PATTERNS } from './filesystem-patterns.ts';
import { dropNoText, GARBLED_PATTERNS, SECOND_WORDS } from './garbled-patterns.ts';
import { keepCause } from './kernel-frames.ts';
import { LOCK_PATTERNS } from './lock-patterns.ts';
import { MEMORY_PATTERNS } from './memory-patterns.ts';
import { NOTE_PATTERNS } from './note-patterns.ts';
import { PANIC_PATTERNS } from './panic-patterns.ts';
import { createPatternIndex } from './pattern-index.ts';
import {
  END_OF_TRACE,
  INLINED,
  type IndexedPattern,
  type ReportShape,
  type ReportStart,
} from './report-start.ts';
import { SANITIZER_PATTERNS } from './sanitizer-patterns.ts';
import { SLAB_PATTERNS } from './slab-patterns.ts';
import { TEXT_PATTERNS } from './text-patterns.ts';
import { TIME_PATTERNS } from './time-patterns.ts';
import { WARNING_PATTERNS } from './warning-patterns.ts';

const PATTERNS: readonly IndexedPattern[] = [
  ...PANIC_PATTERNS,
  ...SANITIZER_PATTERNS,
  ...MEMORY_PATTERNS,
  ...SLAB_PATTERNS,
  ...LOCK_PATTERNS,
  ...TIME_PATTERNS,
  ...FILESYSTEM_PATTERNS,
  ...TEXT_PATTERNS,
  ...WARNING_PATTERNS,
  ...FAULT_PATTERNS,
  ...ARCH_PATTERNS,
  ...NOTE_PATTERNS,
  ...GARBLED_PATTERNS,
  // Any other; programs count bugs.
  { words: ['BUG: '], text: /^BUG: (?!\d+ \w+,).+/, placeIn: 'trace', last: END_OF_TRACE },
];

const index = createPatternIndex(PATTERNS);
const SHAPES: ReadonlyMap<IndexedPattern, ReportShape> = new Map(
  PATTERNS.map((pattern) => [pattern, shapeOf(pattern)]),
);

/** What does not depend on the message. */
function shapeOf(pattern: IndexedPattern): ReportShape {
  const { text: _, words: __, class: ___, title: ____, unplaced: _____, ...shape } = pattern;
  return shape;
}

/** Every line that begins a report contains one of these; the longer the shortest is, the faster they are found. */
export const REPORT_WORDS: readonly string[] = [...index.words, ...SECOND_WORDS];

export function matchReportStart(raw: string): ReportStart | undefined {
  const message = dropNoText(raw) ?? raw;
  const found = index.find(message);
  // A tool that knows what is inlined makes several lines of one; the last one is the kernel's.
  if (found === undefined || message.endsWith(INLINED)) return undefined;
  const { match, pattern } = found;
  const { class: kind = 'kernel-oops', title, unplaced } = pattern;
  const shape = SHAPES.get(pattern) ?? pattern;
  const named = match.groups?.place;
  const place = shape.isLine || kind === 'user-fault' ? named : keepCause(named);
  const titled = normaliseTitle(title === undefined ? match[0] : title(match));
  return {
    ...shape,
    class: kind,
    title: titled,
    unplaced() {
      if (typeof unplaced === 'function') return normaliseTitle(unplaced(match));
      const isTitle =
        unplaced === 'title' ||
        shape.placeIn === 'nowhere' ||
        (title === undefined && match[0] === message);
      return isTitle ? titled : normaliseTitle(message);
    },
    ...(place === undefined ? {} : { place }),
  };
}

const TITLE_LENGTH_MAX = 160;
/** Values that say what went wrong. */
const ERRORS = '(?:err|errno|error|error_code|ret|rc|status)';
const VALUE = new RegExp(String.raw` (?!${ERRORS}[:=])\w+[:=](?:ADDRESS|\S*\d\S*)`, 'g');

/** Nothing differs in such titles: finding that out takes a fraction of the time. */
const NORMAL = /^(?! )(?:(?! in process | {2}| $)[^\d=])*$/;

/** Without anything that differs between two runs of the same crash; fast for lines of any length. */
function normaliseTitle(title: string): string {
  if (title.length <= TITLE_LENGTH_MAX && NORMAL.test(title)) return title;
  const normal = beginningOf(title, 10 * TITLE_LENGTH_MAX)
    .replace(/\b(\w+)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '$1')
    .replace(/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g, 'ADDRESS')
    .replace(/\bCPU#?:? ?\d+/gi, 'CPU')
    .replace(/\bpid[:=]? ?\d+/gi, 'pid')
    .replace(/ in process .*$/, '')
    .replace(VALUE, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return beginningOf(normal, TITLE_LENGTH_MAX);
}
