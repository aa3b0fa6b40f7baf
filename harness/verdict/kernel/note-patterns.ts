/**
 * First lines of what the kernel says about programs. These are not bugs of the kernel: they
 * explain other findings, or are what a test wants.
 */
import type { ReportPattern } from './report-start.ts';

/** mm/oom_kill.c: __oom_kill_process, oom_kill_process up to 4.19. */
const KILL =
  /^(?:(Memory cgroup out of memory|Out of memory)[^:]*: )?Kill(?:ed)? process \d+ \((.+?)\)/;

/**
 * arch/x86/mm/fault.c, arch/x86/kernel/traps.c: show_signal_msg, show_signal. The place is the file
 * that the instruction is in: a program or a library. A program's name has 15 characters at most.
 */
const IN_FILE = String.raw`(?:.* in (?<place>[A-Za-z_][^\s\[]*)\[)?`;
const SEGFAULT = new RegExp(String.raw`^(?<name>.{1,64})\[(?<pid>\d+)\]: segfault at ${IN_FILE}`);
const TRAP = new RegExp(
  String.raw`^traps: (?<name>.{1,64})\[(?<pid>\d+)\] (?:trap )?(?<what>[A-Za-z][\w ]*?),? ip:${IN_FILE}`,
);

function titleOfKill([, where = '', name = '']: RegExpExecArray): string {
  return where.startsWith('Memory cgroup')
    ? `OOM kill of ${name} in a memory cgroup`
    : `OOM kill of ${name}`;
}

function titleOfFault({ groups = {} }: RegExpExecArray): string {
  const { name = '', pid = '', what = 'segfault' } = groups;
  // Up to 5.4 a general protection fault was not called a fault.
  const kind = what.replace(/ protection$/, ' protection fault');
  return `${kind} of ${pid === '1' ? `init (${name})` : `program ${name}`}`;
}

export const NOTE_PATTERNS: readonly ReportPattern[] = [
  // mm/oom_kill.c: dump_header, up to the line that names who was killed
  {
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
  { text: KILL, class: 'oom-kill', title: titleOfKill, placeIn: 'nowhere', isLine: true },
  { text: SEGFAULT, class: 'user-fault', title: titleOfFault, placeIn: 'nowhere', isLine: true },
  { text: TRAP, class: 'user-fault', title: titleOfFault, placeIn: 'nowhere', isLine: true },
];
