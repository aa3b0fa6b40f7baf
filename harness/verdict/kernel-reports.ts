/**
 * The first lines of what a Linux kernel on x86 reports about itself, from its own message texts.
 * Each is matched against one message without its time stamp, from the message's first character:
 * kernels mention such words elsewhere, too.
 */
import type { FindingClass } from './finding.ts';
import { keepCause } from './kernel-frames.ts';

/** Where the place that tells reports apart is looked for, if the first line has none. */
export type PlaceIn = 'instruction' | 'trace' | 'nowhere';

export interface ReportStart {
  readonly class: FindingClass;
  readonly title: string;
  readonly place?: string;
  readonly placeIn: PlaceIn;
  /** A message that ends this kind of report, beside the marks that end any. */
  readonly last?: RegExp;
}

interface Pattern {
  readonly text: RegExp;
  readonly class?: FindingClass;
  /** The default is the whole match. */
  readonly title?: (match: RegExpExecArray) => string;
  readonly placeIn: PlaceIn;
  readonly last?: RegExp;
}

/** Texts that begin the same and go on in one of several ways. */
function starting(beginning: string, ...goingOn: readonly string[]): RegExp {
  return new RegExp(`^${beginning}(?:${goingOn.join('|')})`);
}

const END_OF_TRACE = /^ ?<\/TASK>/;

/** A group named `place` is the place. Sources: the kernel's, by the file that prints the text. */
const PATTERNS: readonly Pattern[] = [
  // init/do_mounts.c, init/main.c: nothing to run.
  {
    text: starting(
      'Kernel panic - not syncing: ',
      'VFS: Unable to mount root fs',
      'No (?:working )?init found',
      String.raw`Requested init \S+ failed`,
    ),
    class: 'boot-failure',
    title: ([text]) => text.slice(PANIC_LENGTH),
    placeIn: 'nowhere',
  },
  // kernel/panic.c
  {
    text: /^Kernel panic - not syncing: Attempted to kill init! exitcode=0x([0-9a-f]{8})/,
    class: 'kernel-panic',
    title: ([, code = '']) => `Kernel panic: ${INIT_DEATH} (${describeExitCode(code)})`,
    placeIn: 'nowhere',
  },
  {
    text: /^Kernel panic - not syncing: .*/,
    class: 'kernel-panic',
    title: ([text]) => `Kernel panic: ${text.slice(PANIC_LENGTH)}`,
    placeIn: 'trace',
  },
  // mm/kasan, mm/kmsan, kernel/kcsan, mm/kfence: `in` names the function that was caught.
  {
    text: /^(BUG: (?:KASAN|KMSAN|KCSAN|KFENCE): [^/]*?) in (?<place>[A-Za-z_][\w.]*)/,
    title: ([, title = '']) => title,
    placeIn: 'nowhere',
  },
  { text: /^UBSAN: [\w -]+(?= in )/, placeIn: 'trace' },
  // arch/x86/mm/fault.c
  { text: /^BUG: kernel NULL pointer dereference/, placeIn: 'instruction' },
  {
    text: starting(
      'BUG: unable to handle ',
      'page fault',
      'kernel paging request',
      'kernel NULL pointer dereference',
    ),
    placeIn: 'instruction',
  },
  // lib/bug.c, kernel/panic.c: __warn; the order of the words changed in 6.18.
  { text: /^kernel BUG(?= at \S+:\d+!)/, placeIn: 'instruction' },
  {
    text: /^(WARNING): CPU: \d+ PID: \d+ at \S+(?: (?<place>[A-Za-z_][\w.]*)\+0x)?/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
  },
  {
    text: /^(WARNING): (?:\[[^\]]*\] )?\S+:\d+ at (?<place>[A-Za-z_][\w.]*)/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
  },
  // kernel/locking/lockdep.c; other warnings of that form are advice, not reports.
  {
    text: starting(
      'WARNING: ',
      'possible .*detected',
      'suspicious RCU usage',
      'inconsistent lock state',
      'bad unlock balance detected',
      '.* lock order detected',
      'held lock freed',
      'lock held when returning to user space',
      'Nested lock was not taken',
    ),
    placeIn: 'trace',
    last: END_OF_TRACE,
  },
  // arch/x86/kernel/dumpstack.c: __die_header; since 6.11 with another `Oops: ` in front.
  {
    text: /^(?:Oops: )?((?!Oops)[A-Za-z][\w ]*?)(?:, \w+ for [^:]*|:? ?SMP)?: [0-9a-f]{4} \[#\d+\]/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
  },
  { text: /^Oops(?:: Oops)?(?=: [0-9a-f]{4} \[#\d+\])/, placeIn: 'instruction' },
  {
    text: /^(?:traps: )?(PANIC: double fault)/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
  },
  // kernel/watchdog.c, kernel/watchdog_hld.c, kernel/workqueue.c
  {
    text: /^(?:watchdog: )?(BUG: soft lockup)/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
    last: END_OF_TRACE,
  },
  {
    text: /^(?:(?:NMI )?watchdog: )?Watchdog detected (hard LOCKUP)/,
    title: ([, title = '']) => title,
    placeIn: 'instruction',
    last: END_OF_TRACE,
  },
  { text: /^BUG: workqueue lockup/, placeIn: 'nowhere', last: /^Showing busy workqueues/ },
  // kernel/rcu/tree_stall.h; the words before INFO differ with the version.
  {
    text: /^(?:rcu: )?INFO: rcu\w* (?:self-)?detected (?:expedited )?stalls?\b/,
    title: () => 'RCU stall',
    placeIn: 'instruction',
  },
  // kernel/hung_task.c
  {
    text: /^INFO: task .+:\d+ blocked (?:on .+ )?for more than \d+ seconds/,
    title: () => 'hung task',
    placeIn: 'trace',
    last: END_OF_TRACE,
  },
  // kernel/sched/core.c
  {
    text: /^BUG: (?:scheduling while atomic|sleeping function called from invalid context)/,
    placeIn: 'trace',
    last: END_OF_TRACE,
  },
  { text: /^BUG: .+/, placeIn: 'trace', last: END_OF_TRACE },
];

const PANIC_LENGTH = 'Kernel panic - not syncing: '.length;
const INIT_DEATH = 'Attempted to kill init!';

/** What every line that begins a report has. */
export const REPORT_WORDS =
  /Kernel panic|BUG|WARNING:|UBSAN:|PANIC:|INFO: (?:rcu|task)|Watchdog detected| \[#\d/;

/** Most of what a kernel prints is none of this: one look tells. */
const ANY_START =
  /^(?:(?:rcu|traps|(?:NMI )?watchdog): )?(?:Kernel panic|kernel BUG|[A-Z]+: |Watchdog d)| \[#\d/;

export function matchReportStart(message: string): ReportStart | undefined {
  if (!ANY_START.test(message)) return undefined;
  for (const { text, class: kind = 'kernel-oops', title, placeIn, last } of PATTERNS) {
    const match = text.exec(message);
    if (match === null) continue;
    const place = keepCause(match.groups?.place);
    return {
      class: kind,
      title: normaliseTitle(title === undefined ? match[0] : title(match)),
      ...(place === undefined ? {} : { place }),
      placeIn,
      ...(last === undefined ? {} : { last }),
    };
  }
  return undefined;
}

/** A line that names the same fault once more, as the second of its report. */
export function repeatsFault(message: string): boolean {
  return /: [0-9a-f]{4} \[#\d+\]/.test(message);
}

const FOLLOW_UP =
  /: (?:Fatal exception|(?:\S+: )?panic_on_warn set|softlockup: |hung_task: |RCU Stall|Hard L)/i;

/** A panic that only says that an earlier report was one too many (`panic_on_oops` and its kin). */
export function isFollowUp({ title }: ReportStart): boolean {
  return FOLLOW_UP.test(title);
}

export function isInitDeath({ title }: { readonly title: string }): boolean {
  return title.includes(INIT_DEATH);
}

/** PID 1's exit code as wait(2) encodes it: signal in the low 7 bits, exit status above them. */
function describeExitCode(code: string): string {
  const status = Number.parseInt(code, 16);
  const signal = status & 0x7f;
  return signal === 0 ? `exit status ${(status >> 8) & 0xff}` : `signal ${signal}`;
}

/** Without what differs between two runs of the same crash. */
function normaliseTitle(title: string): string {
  return title
    .replace(/\b(\w+)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '$1')
    .replace(/\b0x[0-9a-f]+\b|\b(?=[a-f]*\d)[0-9a-f]{8,}\b/g, 'ADDRESS')
    .replace(/\bCPU#?:? ?\d+/gi, 'CPU')
    .replace(/\bpid[:=]? ?\d+/gi, 'pid')
    .replace(/ in process \S+/, '')
    .replace(/ \w+[:=](?:ADDRESS|\S*\d\S*)/g, '')
    .replace(/ {2,}/g, ' ')
    .trim()
    .slice(0, 160);
}
