/** First lines of faults on x86: what the CPU or the memory management caught. */
import { DIE, firstGroup, HEADERS, type IndexedPattern } from './report-start.ts';

/** What is before `[#1]`, the count of faults: the last digit of an error code. */
const DIE_WORDS = [...'0123456789abcdef'].flatMap((digit) =>
  [1, 2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${digit} [#${count}`),
);

/** arch/x86/mm/fault.c, arch/x86/kernel/traps.c: the line before the one of the fault. */
const CAUGHT: readonly IndexedPattern[] = [
  // Worded differently up to 5.1.
  {
    words: ['kernel NULL pointer dereference'],
    text: /^BUG: (?:unable to handle )?kernel NULL pointer dereference/,
    title: () => 'BUG: kernel NULL pointer dereference',
    placeIn: 'instruction',
    follow: [DIE],
  },
  {
    words: ['BUG: unable to handle '],
    text: /^BUG: unable to handle (?:page fault|kernel paging request)/,
    title: () => 'BUG: unable to handle page fault',
    placeIn: 'instruction',
    follow: [DIE],
  },
  // The function that recursed is in the trace many times.
  {
    words: ['stack guard page was hit'],
    text: /^BUG: (?:[\w#]+ )?stack guard page was hit/,
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
    follow: [DIE],
  },
  // arch/x86/kernel/irq_32.c, irq_64.c: with CONFIG_DEBUG_STACKOVERFLOW
  {
    words: ['has overflowed the kernel', 'near stack overflow'],
    text: /^(?:do_IRQ|handle_irq): \S.{0,64} (?:has overflowed the kernel stack|near stack overflow)/,
    title: () => 'kernel stack overflow',
    placeIn: 'trace',
    isText: true,
    follow: HEADERS,
  },
];

/** arch/x86/kernel/dumpstack.c: __die_header */
const DIED: readonly IndexedPattern[] = [
  {
    words: DIE_WORDS,
    text: /^(?:Oops: )?(?:kernel stack overflow|stack guard page)\b.*: [0-9a-f]{4} \[#\d+\]/,
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
  },
  // Since 6.11 with another `Oops: ` in front.
  {
    words: DIE_WORDS,
    text: /^(?:Oops: )?((?!Oops)[A-Za-z][\w ]*?)(?:,? (?:(?:probably|maybe) )?for [^:]*|:? ?SMP)?: [0-9a-f]{4} \[#\d+\]/,
    title: firstGroup,
    unplaced: withoutFlags,
    placeIn: 'instruction',
  },
  // The same where the end of the line is lost.
  {
    words: ['general protection fault', 'divide error: ', 'invalid opcode: ', 'stack segment: '],
    text: /^(?:Oops: )?(general protection fault(?=[:,]| for |$)|(?:divide error|invalid opcode|stack segment)(?=: (?:[0-9a-f]{0,4}$|[0-9a-f]{4} )))/,
    title: firstGroup,
    unplaced: 'title',
    placeIn: 'instruction',
  },
  {
    words: DIE_WORDS,
    text: /^Oops(?:: Oops)?(?=: [0-9a-f]{4} \[#\d+\])/,
    title: () => 'Oops',
    unplaced: withoutFlags,
    placeIn: 'instruction',
  },
];

/** What is after the name of a fault says how the kernel was built. */
function withoutFlags({ input }: RegExpExecArray): string {
  return input.replace(/^(?:Oops: )(?=Oops: )/, '').replace(/: [0-9a-f]{4} \[#\d+\].*$/, '');
}

/** Control flow that the compiler forbids, and traps that stand for a checker. */
const CONTROL_FLOW: readonly IndexedPattern[] = [
  // arch/x86/kernel/cfi.c
  {
    words: ['CFI failure at '],
    text: /^(?:(?:cfi|traps): )?(CFI failure) at (?<place>[A-Za-z_][\w.]*)/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: HEADERS,
  },
  // kernel/cfi.c: up to 6.0 all that is named is what was called.
  {
    words: ['CFI failure (target: '],
    text: /^(CFI failure) \(target: /,
    title: firstGroup,
    placeIn: 'trace',
    isText: true,
    follow: HEADERS,
  },
  // arch/x86/kernel/traps.c, arch/x86/kernel/cet.c
  {
    words: ['Missing ENDBR: '],
    text: /^(?:traps: )?(Missing ENDBR): (?<place>[A-Za-z_][\w.]*)?/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: HEADERS,
  },
];

export const FAULT_PATTERNS: readonly IndexedPattern[] = [...CAUGHT, ...CONTROL_FLOW, ...DIED];
