/** First lines of faults on architectures other than x86. */
import { BAD_ACCESS_PATTERNS } from './bad-access.ts';
import { DIE, firstGroup, type IndexedPattern } from './report-start.ts';

/** Deaths that say nothing else: without an error code, with or without a space before the count. */
const DEATH_WORDS = [
  'Oops [#',
  'Oops[#',
  'Oops - ',
  'Kernel BUG [#',
  'Kernel bug detected',
  'nstruction access[#',
  'unaligned access[#',
  'in kernel code[#',
  'from kernel context!',
];

const DIES: readonly IndexedPattern[] = [
  // arch/arm/kernel/traps.c, arch/arm64/kernel/traps.c: __die
  {
    words: ['Internal error: '],
    text: /^Internal error: (.{0,80}?): [0-9a-f]{1,16} \[#\d+\]/,
    title: ([, what = '']) => nameDeath(what),
    placeIn: 'instruction',
  },
  // arch/s390/kernel/dumpstack.c: die, with the length of the instruction
  {
    words: ['ilc:1 [#', 'ilc:2 [#', 'ilc:3 [#'],
    text: /^([A-Za-z][\w -]{2,48}?): [0-9a-f]{4} ilc:[123] \[#\d+\]/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  // arch/powerpc/kernel/traps.c: __die, _exception
  {
    words: [', sig: '],
    text: /^Oops: ([^:,]{1,64}), sig: \d+ \[#\d+\]/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  // kernel/traps.c of riscv, mips and loongarch: die
  {
    words: DEATH_WORDS,
    text: /^(Oops(?: - [^[]{1,64}?)?|(?:Kernel|Unhandled kernel|(?:Break|Reserved|Trap) instruction|do_cpu invoked)[\w ]{1,48}?)!? ?\[#\d+\]/,
    title: ([, what = '']) => nameDeath(what),
    placeIn: 'instruction',
  },
  // arch/sparc/kernel/traps_64.c: die_if_kernel, with the task
  {
    words: ['Oops [#', 'Oops[#', ' bad trap [#', '): Kernel '],
    text: /^.{1,16}\(\d+\): ([A-Z][\w ]{1,48}?) \[#\d+\]/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  // arch/parisc/kernel/traps.c: parisc_terminate
  {
    words: ['Kernel Fault: Code='],
    text: /^(Kernel Fault): Code=\d+ /,
    title: firstGroup,
    placeIn: 'instruction',
  },
];

/** What is followed by a panic in any case. */
const PANICS: readonly IndexedPattern[] = [
  // arch/arm64/kernel/traps.c: arm64_serror_panic
  {
    words: ['SError Interrupt on CPU'],
    text: /^SError Interrupt on CPU\d+, code /,
    class: 'kernel-panic',
    title: () => 'Kernel panic: Asynchronous SError Interrupt',
    placeIn: 'instruction',
    follow: [/^Kernel panic - not syncing: Asynchronous SError Interrupt/],
  },
  // arch/arm64/kernel/traps.c: __panic_unhandled
  {
    words: [' exception on CPU'],
    text: /^Unhandled ([\w -]{1,48}) exception on CPU\d+, ESR 0x/,
    class: 'kernel-panic',
    title: ([, what = '']) => `Kernel panic: Unhandled ${what} exception`,
    placeIn: 'instruction',
    follow: [/^Kernel panic - not syncing: Unhandled exception/],
  },
  // kernel/traps.c of arm64 (panic_bad_stack), arm and riscv (handle_bad_stack), s390 (kernel_stack_overflow)
  {
    words: ['Insufficient stack space ', 'Kernel stack overflow.'],
    text: /^(?:Insufficient stack space to handle exception!|Kernel stack overflow\.$)/,
    class: 'kernel-panic',
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
    follow: [
      /^Internal error: kernel stack overflow/,
      /^Kernel panic - not syncing: (?:kernel stack overflow|Corrupt kernel stack)/i,
    ],
  },
];

const OTHERS: readonly IndexedPattern[] = [
  // arch/arm/kernel/traps.c, arch/arm64/kernel/traps.c up to 5.12: bad_mode
  {
    words: ['Bad mode in '],
    text: /^(Bad mode in [\w ]{1,32} handler) detected/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: [DIE],
  },
  // arch/powerpc/kernel/process.c, arch/powerpc/kernel/traps.c
  {
    words: ['Kernel stack overflow in '],
    text: /^(Kernel stack overflow) in process /,
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
    follow: [DIE],
  },
  {
    words: ['Bad kernel stack pointer '],
    text: /^(Bad kernel stack pointer) [0-9a-f]+ at /,
    title: firstGroup,
    placeIn: 'instruction',
    follow: [DIE],
  },
  // arch/powerpc/kernel/watchdog.c, whose first version said `Watchdog CPU:`
  {
    words: ['ard LOCKUP'],
    text: /^(?:watchdog: CPU |Watchdog CPU:)\d+ (?:self-detected |detected )?Hard LOCKUP(?: @ (?<place>[A-Za-z_][\w.]*)\+0x)?/i,
    title: () => 'hard LOCKUP',
    placeIn: 'instruction',
  },
];

export const ARCH_PATTERNS: readonly IndexedPattern[] = [
  ...BAD_ACCESS_PATTERNS,
  ...DIES,
  ...PANICS,
  ...OTHERS,
];

/** An architecture's words for a death, without what it calls every death. */
function nameDeath(what: string): string {
  const cause = what.replace(/^Oops - /, '');
  if (/^(?:BUG|Kernel BUG|Kernel bug detected)$/.test(cause)) return 'kernel BUG';
  return cause === '' ? 'Internal error' : cause;
}
