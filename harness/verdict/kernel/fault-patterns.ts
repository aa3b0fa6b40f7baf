/** First lines of faults: what the CPU, memory management or a BUG() caught. */
import { COUNTED, END_OF_TRACE, firstGroup, type ReportPattern } from './report-start.ts';

/** A line that repeats the name of a fault. */
const DIE = COUNTED;
/** What the kernel does about it comes last. */
const END_OF_SLAB_REPORT = /^FIX /;

export const FAULT_PATTERNS: readonly ReportPattern[] = [
  // arch/x86/mm/fault.c; worded differently up to 5.1.
  {
    text: /^BUG: (?:unable to handle )?kernel NULL pointer dereference/,
    title: () => 'BUG: kernel NULL pointer dereference',
    placeIn: 'instruction',
    follow: [DIE],
  },
  {
    text: /^BUG: unable to handle (?:page fault|kernel paging request)/,
    title: () => 'BUG: unable to handle page fault',
    placeIn: 'instruction',
    follow: [DIE],
  },
  // arch/x86/mm/fault.c, arch/x86/kernel/traps.c: what recursed is in the trace more than once.
  {
    text: /^BUG: (?:\w+ )?stack guard page was hit/,
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
    follow: [DIE],
  },
  {
    text: /^(?:Oops: )?(?:kernel stack overflow|stack guard page)\b.*: [0-9a-f]{4} \[#\d+\]/,
    title: () => 'kernel stack overflow',
    placeIn: 'recursion',
  },
  // lib/bug.c, kernel/panic.c: __warn; the order of the words changed in 6.18.
  { text: /^kernel BUG(?= at \S+:\d+!)/, placeIn: 'instruction', follow: [DIE] },
  {
    text: /^(WARNING): CPU: \d+ PID: \d+ at \S+(?: (?<place>[A-Za-z_][\w.]*)\+0x)?/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  {
    text: /^(WARNING): (?:\[[^\]]*\] )?\S+:\d+ at (?<place>[A-Za-z_][\w.]*)/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  // arch/x86/kernel/cfi.c
  {
    text: /^(?:(?:cfi|traps): )?(CFI failure) at (?<place>[A-Za-z_][\w.]*)/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: [/^WARNING: /, DIE],
  },
  // arch/x86/kernel/dumpstack.c: __die_header; since 6.11 with another `Oops: ` in front.
  {
    text: /^(?:Oops: )?((?!Oops)[A-Za-z][\w ]*?)(?:, \w+ for [^:]*|:? ?SMP)?: [0-9a-f]{4} \[#\d+\]/,
    title: firstGroup,
    placeIn: 'instruction',
  },
  { text: /^Oops(?:: Oops)?(?=: [0-9a-f]{4} \[#\d+\])/, placeIn: 'instruction' },
  // lib/list_debug.c, by way of WARN or BUG; what follows are addresses.
  {
    text: /^list_(?:add|del)(?: corruption| double add)/,
    title: ([text]) => `list corruption: ${text.slice(0, 'list_add'.length)}`,
    placeIn: 'trace',
    follow: [/^WARNING: |^kernel BUG/, DIE],
  },
  // lib/refcount.c: refcount_warn_saturate
  {
    text: /^(refcount_t: [a-z ;-]+)/,
    title: firstGroup,
    placeIn: 'trace',
    follow: [/^WARNING: /],
  },
  // lib/debugobjects.c: debug_print_object
  {
    text: /^ODEBUG: (\w+) .*object type: (\w+)/,
    title: ([, what = '', type = '']) => `ODEBUG: ${what} of a ${type}`,
    placeIn: 'trace',
    follow: [/^WARNING: /],
  },
  // mm/slub.c: slab_bug; mm/slab.c: __slab_error
  {
    text: /^BUG (\S+) \((?:Not tainted|Tainted: [^)]*)\): (.*)/,
    title: ([, cache = '', what = '']) => `slab corruption: ${what} in a ${cache} object`,
    placeIn: 'allocation',
    last: END_OF_SLAB_REPORT,
    // Since 6.16 the trace is that of a WARN.
    follow: [/^WARNING: /],
  },
  {
    text: /^slab error in \w+\(\): cache [`'](\S+)': (.*)/,
    title: ([, cache = '', what = '']) => `slab corruption: ${what} in a ${cache} object`,
    placeIn: 'allocation',
    last: END_OF_SLAB_REPORT,
    // Since 6.16 the trace is that of a WARN.
    follow: [/^WARNING: /],
  },
  // kernel/sched/core.c
  {
    text: /^BUG: (?:scheduling while atomic|sleeping function called from invalid context)/,
    placeIn: 'trace',
    last: END_OF_TRACE,
  },
  // lib/smp_processor_id.c
  {
    text: /^(BUG: using \w+\(?\)? in preemptible) \[[0-9a-f]+\] code/,
    title: firstGroup,
    placeIn: 'trace',
    last: END_OF_TRACE,
  },
];
