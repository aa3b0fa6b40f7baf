/**
 * First lines of reports that lists, reference counts and other data structures of the kernel were
 * misused. Each is the text of a WARN or BUG, or followed by a trace; the text tells more than the
 * header of the warning.
 */
import { HEADERS, type IndexedPattern, type ReportShape } from './report-start.ts';

const TEXT: ReportShape = { placeIn: 'trace', isText: true, follow: HEADERS };
/** Callbacks that many timers and works share, and which tell none apart. */
const ANY_HINT = '(?!(?:delayed_work_timer_fn|process_timeout|hrtimer_wakeup)\\b)';

const STRUCTURES: readonly IndexedPattern[] = [
  // lib/list_debug.c; what follows are addresses.
  {
    words: ['list_add', 'list_del'],
    text: /^list_(?:add|del)(?: corruption| double add)/,
    title: ([text]) => `list corruption: ${text.slice(0, 'list_add'.length)}`,
    ...TEXT,
  },
  // lib/refcount.c: refcount_warn_saturate
  {
    words: ['refcount_t: '],
    text: /^refcount_t: ([a-z0-9 ;-]+)/,
    title: ([text]) => text,
    ...TEXT,
  },
  // lib/debugobjects.c: debug_print_object
  {
    words: ['ODEBUG: '],
    text: new RegExp(
      `^ODEBUG: (\\w+) .*?object type: (\\w+)(?: hint: ${ANY_HINT}(?<place>[A-Za-z_][\\w.]*))?`,
    ),
    title: ([, what = '', type = '']) => `ODEBUG: ${what} of a ${type}`,
    ...TEXT,
  },
  // net/core/skbuff.c: skb_panic
  {
    words: ['skb_over_panic: ', 'skb_under_panic: '],
    text: /^(?:skbuff: )?(skb_(?:over|under)_panic): text:/,
    title: ([, what = '']) => what,
    ...TEXT,
  },
  // net/core/rtnetlink.c, include/linux/rtnetlink.h: ASSERT_RTNL; up to 4.x with a trace and no WARN
  {
    words: ['RTNL: assertion failed'],
    text: /^RTNL: assertion failed at (\S+)/,
    title: () => 'RTNL: assertion failed',
    unplaced: ([, file = '']) => `RTNL: assertion failed at ${file}`,
    ...TEXT,
  },
];

const OBJECTS: readonly IndexedPattern[] = [
  // fs/sysfs/dir.c: sysfs_warn_dup
  {
    words: ['cannot create duplicate filename'],
    text: /^sysfs: cannot create duplicate filename/,
    placeIn: 'trace',
    isText: true,
    follow: [/^WARNING: /, /^(?:kobject: )?kobject_add_internal failed/],
  },
  // lib/kobject.c
  {
    words: ['kobject_add_internal failed'],
    text: /^(?:kobject: )?kobject_add_internal failed for .{1,128}? (?:with |\()(-?\w+(?:: -?\d+)?)/,
    title: ([, error = '']) => `kobject_add_internal failed (${error})`,
    ...TEXT,
  },
  {
    words: ['tried to init an initialized object'],
    text: /^kobject.{0,160}: tried to init an initialized object/,
    title: () => 'kobject: tried to init an initialized object',
    ...TEXT,
  },
  {
    words: ['is not initialized, yet kobject_'],
    text: /^kobject.{0,160} is not initialized, yet (kobject_\w+)/,
    title: ([, call = '']) => `kobject: ${call} of what is not initialized`,
    ...TEXT,
  },
];

/** arch/x86/kernel/unwind_frame.c, unwind_orc.c: may be seen while another report prints a trace. */
const STACKS: readonly IndexedPattern[] = [
  {
    words: ['WARNING: kernel stack '],
    text: /^WARNING: kernel stack (?:regs|frame pointer) at .{0,160} has bad ('bp' )?value/,
    title: ([, register]) =>
      `WARNING: kernel stack ${register === undefined ? 'frame pointer' : 'regs'} with a bad value`,
    placeIn: 'nowhere',
    isStray: true,
    isLine: true,
  },
  {
    words: ['WARNING: stack going in the wrong', "WARNING: can't "],
    text: /^WARNING: (stack going in the wrong direction|can't (?:dereference|access) (?:iret )?registers)(?:\?? (?:at|ip=)\s?(?<place>[A-Za-z_][\w.]*))?/,
    title: ([, what = '']) => `WARNING: ${what}`,
    placeIn: 'nowhere',
    isStray: true,
    isLine: true,
  },
];

export const TEXT_PATTERNS: readonly IndexedPattern[] = [...STRUCTURES, ...OBJECTS, ...STACKS];
