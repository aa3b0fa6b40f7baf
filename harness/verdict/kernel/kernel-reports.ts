/**
 * The first lines of what a Linux kernel on x86 reports about itself, in its own words. Each
 * pattern is matched against one message without its time stamp, from the first character: kernels
 * use such words elsewhere, too. The patterns name the source file that prints them.
 */

import { omitUndefined } from '../../omit-undefined.ts';
import { beginningOf } from '../../text.ts';
import { ARCH_BEGINNINGS, ARCH_PATTERNS, ARCH_WORDS } from './arch-patterns.ts';
import { CHECKER_PATTERNS } from './checker-patterns.ts';
import { FAULT_PATTERNS } from './fault-patterns.ts';
import { keepCause } from './kernel-frames.ts';
import { NOTE_PATTERNS } from './note-patterns.ts';
import { PANIC_PATTERNS } from './panic-patterns.ts';
import { END_OF_TRACE, type ReportPattern, type ReportStart } from './report-start.ts';

const PATTERNS: readonly ReportPattern[] = [
  ...PANIC_PATTERNS,
  ...CHECKER_PATTERNS,
  ...FAULT_PATTERNS,
  ...ARCH_PATTERNS,
  ...NOTE_PATTERNS,
  { text: /^BUG: .+/, placeIn: 'trace', last: END_OF_TRACE },
];

/** What is before `[#1]`, the count of faults: the last digit of an error code. */
const HEX_DIGITS = [...'0123456789abcdef'];

/** Every line that begins a report contains one of these; the longer the shortest is, the faster they are found. */
export const REPORT_WORDS: readonly string[] = [
  'Kernel panic - ',
  'kernel BUG at ',
  'BUG: ',
  'ainted): ',
  'WARNING: ',
  'UBSAN: ',
  'PANIC: double fault',
  'INFO: rcu',
  'INFO: task ',
  '[ INFO: ',
  'hard LOCKUP',
  'CFI failure at ',
  ...HEX_DIGITS.flatMap((digit) =>
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${digit} [#${count}`),
  ),
  'list_add',
  'list_del',
  'refcount_t: ',
  'ODEBUG: ',
  'slab error in ',
  'kmemleak: ',
  'unregister_netdevice: ',
  'invoked oom-killer: ',
  'Killed process ',
  'Kill process ',
  ': segfault at ',
  'traps: ',
  ...ARCH_WORDS,
];

/** Most of what a kernel prints is none of this: one look is enough to tell. */
const ANY_START = new RegExp(
  [
    '^(?:(?:rcu|traps|cfi|(?:NMI )?watchdog): )?(?:CPU\\d+: )?(?:Kernel p|kernel B|[A-Z]+:? |Watch)',
    '^\\[ (?:INFO|BUG): ',
    ...ARCH_BEGINNINGS,
    '^(?:list_|refcount_t: |slab error|kmemleak: |unregister_|traps: |cfi: |CFI )',
    ' invoked oom-k|(?:^|: )Kill(?:ed)? process |\\]: segfault at ',
  ].join('|'),
);

export function matchReportStart(message: string): ReportStart | undefined {
  if (!ANY_START.test(message)) return undefined;
  for (const { text, class: kind = 'kernel-oops', title, ...shape } of PATTERNS) {
    const match = text.exec(message);
    if (match === null) continue;
    const place = keepCause(match.groups?.place);
    return {
      ...shape,
      class: kind,
      title: normaliseTitle(title === undefined ? match[0] : title(match)),
      ...omitUndefined({ place }),
    };
  }
  return undefined;
}

const TITLE_LENGTH_MAX = 160;

/** Without anything that differs between two runs of the same crash; fast for lines of any length. */
function normaliseTitle(title: string): string {
  const normal = beginningOf(title, 10 * TITLE_LENGTH_MAX)
    .replace(/\b(\w+)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '$1')
    .replace(/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g, 'ADDRESS')
    .replace(/\bCPU#?:? ?\d+/gi, 'CPU')
    .replace(/\bpid[:=]? ?\d+/gi, 'pid')
    .replace(/ in process .*$/, '')
    .replace(/ \w+[:=](?:ADDRESS|\S*\d\S*)/g, '')
    .replace(/ {2,}/g, ' ')
    .trim();
  return beginningOf(normal, TITLE_LENGTH_MAX);
}
