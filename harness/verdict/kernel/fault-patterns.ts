/** First lines of faults: what the CPU, memory management, a WARN() or a BUG() caught. */
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
  // What recursed is in the trace more than once.
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

/** A file without its line, which the next version of the kernel changes. */
const FILE = String.raw`(?<file>[^\s:]+\.\w{1,4}):\d+`;
const FUNCTION = String.raw`(?<place>[A-Za-z_][\w.]*)\+0x`;

function titleOfWarning(): string {
  return 'WARNING';
}

function atFile({ groups = {} }: RegExpExecArray): string {
  return groups.file === undefined ? 'WARNING' : `WARNING at ${groups.file}`;
}

/** lib/bug.c, kernel/panic.c: __warn */
const ASSERTED: readonly IndexedPattern[] = [
  // The file is absent without CONFIG_DEBUG_BUGVERBOSE.
  {
    words: ['WARNING: CPU: '],
    text: new RegExp(
      String.raw`^WARNING: CPU: \d+ PID: \d+ at (?:${FILE} ?(?:${FUNCTION})?|${FUNCTION}|\S)`,
    ),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // The same where the end of the line is lost.
  {
    words: ['WARNING: CPU: '],
    text: /^WARNING: CPU: \d+/,
    title: titleOfWarning,
    unplaced: 'title',
    placeIn: 'instruction',
    takesText: true,
  },
  // Up to 3.11 without the CPU.
  {
    words: ['WARNING: at '],
    text: new RegExp(String.raw`^WARNING: at (?:${FILE}(?: ${FUNCTION})?|\S+\+0x)`),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // Since 6.18 with the file first, and the condition in brackets.
  {
    words: ['WARNING: '],
    text: new RegExp(
      String.raw`^WARNING: (?:\[.{0,256}\] )?${FILE} at (?:${FUNCTION}|[A-Za-z_0]\S*)`,
    ),
    title: titleOfWarning,
    unplaced: atFile,
    placeIn: 'instruction',
    takesText: true,
  },
  // Without CONFIG_DEBUG_BUGVERBOSE the address is all there is.
  {
    words: ['ernel BUG at '],
    text: new RegExp(
      String.raw`^[Kk]ernel BUG at (?:(?<file>[^\s:]+):\d+!|(?:${FUNCTION}|[0-9a-f]+).*\[verbose debug info)`,
    ),
    title: () => 'kernel BUG',
    unplaced: ({ groups = {} }) =>
      groups.file === undefined ? 'kernel BUG' : `kernel BUG at ${groups.file}`,
    placeIn: 'instruction',
    follow: [DIE],
  },
  // include/asm-generic/bug.h: BUG() of architectures that have no trap for it
  {
    words: ['BUG: failure at '],
    text: /^BUG: failure at (?<file>[^\s:]+):\d+\/(?<place>[A-Za-z_]\w*)\(\)!/,
    title: () => 'kernel BUG',
    unplaced: ({ groups = {} }) => `kernel BUG at ${groups.file}`,
    placeIn: 'trace',
  },
];

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

export const FAULT_PATTERNS: readonly IndexedPattern[] = [
  ...CAUGHT,
  ...ASSERTED,
  ...CONTROL_FLOW,
  ...DIED,
];
