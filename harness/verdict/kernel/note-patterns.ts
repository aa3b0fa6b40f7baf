/**
 * First lines of what the kernel says about programs. These are not bugs of the kernel: they
 * explain other findings, or are what a test wants.
 */
import type { IndexedPattern } from './report-start.ts';

/** mm/oom_kill.c: __oom_kill_process, oom_kill_process up to 4.19. */
const KILL =
  /^(?:(Memory cgroup out of memory|Out of [Mm]emory)[^:]*: )?Kill(?:ed)? process \d+,? \((.+?)\)/;
const KILL_WORDS = ['Killed process ', 'Kill process '];

/**
 * arch/x86/mm/fault.c, arch/x86/kernel/traps.c: show_signal_msg, show_signal. The place is the file
 * that the instruction is in: a program or a library. A program's name has 15 characters at most.
 */
const PROGRAM = String.raw`(?<name>.{1,64})\[(?<pid>\d+)\]`;
const IN_FILE = String.raw`(?:.* in (?<place>[A-Za-z_][^\s\[]*)\[)?`;
const SEGFAULT = new RegExp(String.raw`^${PROGRAM}: segfault (?:\(\d+\) )?at ${IN_FILE}`);
/** Up to 2.6 without `traps`. */
const TRAP = new RegExp(
  String.raw`^(?:traps: )?${PROGRAM} (?:trap )?(?<what>[A-Za-z][\w ]*?),? ip:${IN_FILE}`,
);
/** arch/arm64/kernel/traps.c, arch/riscv/kernel/traps.c, arch/powerpc/kernel/traps.c */
const UNHANDLED = new RegExp(
  String.raw`^${PROGRAM}: unhandled (?:exception: )?(?<what>signal \d+|[A-Za-z][\w ]*?)(?: \(\d+\)| code \S+| at |, |:)${IN_FILE}`,
);

function titleOfKill([, where = '', name = '']: RegExpExecArray): string {
  return where.startsWith('Memory cgroup')
    ? `OOM kill of ${name} in a memory cgroup`
    : `OOM kill of ${name}`;
}

function titleOfFault({ groups = {} }: RegExpExecArray): string {
  const { name = '', pid = '', what = 'segfault' } = groups;
  // Up to 5.4 a general protection fault was not called a fault.
  const kind = what
    .replace(/ protection$/, ' protection fault')
    .replace(/^signal 11$/, 'segfault')
    .replace(/^signal (\d+) .*/, 'signal $1');
  return `${kind} of ${pid === '1' ? `init (${name})` : `program ${name}`}`;
}

const FAULT = {
  class: 'user-fault',
  title: titleOfFault,
  placeIn: 'nowhere',
  isLine: true,
} as const;

export const NOTE_PATTERNS: readonly IndexedPattern[] = [
  // mm/oom_kill.c: dump_header, up to the line that names who was killed
  {
    words: ['invoked oom-killer: '],
    text: /^.{1,64} invoked oom-killer: /,
    class: 'oom-kill',
    title: () => 'OOM killer without a victim',
    placeIn: 'nowhere',
    last: KILL,
    retitle: (message) => {
      const match = KILL.exec(message);
      return match === null ? undefined : titleOfKill(match);
    },
  },
  {
    words: KILL_WORDS,
    text: KILL,
    class: 'oom-kill',
    title: titleOfKill,
    placeIn: 'nowhere',
    isLine: true,
  },
  // mm/page_alloc.c: warn_alloc; callers in the kernel are made to cope with it.
  {
    words: ['page allocation failure'],
    text: /^.{1,64}: page allocation failure(?:[:.] order:(\d+))?/,
    class: 'oom-kill',
    title: () => 'page allocation failure',
    unplaced: ([, order]) =>
      order === undefined ? 'page allocation failure' : `page allocation failure of order ${order}`,
    placeIn: 'trace',
    last: /^Mem-[Ii]nfo:/,
  },
  { words: [': segfault '], text: SEGFAULT, ...FAULT },
  { words: ['traps: ', '] trap ', '] general protection'], text: TRAP, ...FAULT },
  { words: [': unhandled '], text: UNHANDLED, ...FAULT },
];
