/** First lines of what ends a kernel or leaves it nothing to run. */
import { firstGroup, type ReportPattern, starting } from './report-start.ts';

const PANIC = 'Kernel panic - not syncing: ';
const INIT_DEATH = 'Attempted to kill init!';

export const PANIC_PATTERNS: readonly ReportPattern[] = [
  // init/do_mounts.c, init/main.c: nothing to run.
  {
    text: starting(
      PANIC,
      'VFS: Unable to mount root fs',
      'No (?:working )?init found',
      String.raw`Requested init \S+ failed`,
    ),
    class: 'boot-failure',
    title: ([text]) => text.slice(PANIC.length),
    placeIn: 'nowhere',
  },
  // kernel/exit.c: do_exit
  {
    text: /^Kernel panic - not syncing: Attempted to kill init! exitcode=0x([0-9a-f]{8})/,
    class: 'kernel-panic',
    title: ([, code = '']) => `Kernel panic: ${INIT_DEATH} (${describeExitCode(code)})`,
    placeIn: 'nowhere',
  },
  // kernel/panic.c
  {
    text: /^Kernel panic - not syncing: (.*)/,
    class: 'kernel-panic',
    // The option that made a warning a panic comes first since 6.1.
    title: ([, why = '']) => `Kernel panic: ${why.replace(/^.*\b(\w+ set) \.\.\.$/, '$1')}`,
    placeIn: 'trace',
  },
  // arch/x86/kernel/traps.c
  {
    text: /^(?:traps: )?PANIC: (double fault)/,
    title: firstGroup,
    placeIn: 'instruction',
    follow: [/: [0-9a-f]{4} \[#\d+\]/],
  },
];

const FOLLOW_UP = /: (?:Fatal exception|\S+ set$|softlockup: |hung_task: |RCU Stall|Hard L)/i;

/**
 * A panic that only says that an earlier report was one too many (`panic_on_oops` and the like).
 */
export function isFollowUp({ title }: { readonly title: string }): boolean {
  return title.startsWith('Kernel panic: ') && FOLLOW_UP.test(title);
}

export function isInitDeath({ title }: { readonly title: string }): boolean {
  return title.includes(INIT_DEATH);
}

/** Names of signals that end a program (include/uapi/asm-generic/signal.h). */
const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  5: 'SIGTRAP',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
  31: 'SIGSYS',
};

/** PID 1's exit code as wait(2) encodes it: signal in the low 7 bits, exit status above. */
function describeExitCode(code: string): string {
  const status = Number.parseInt(code, 16);
  const signal = status & 0x7f;
  if (signal === 0) return `exit status ${(status >> 8) & 0xff}`;
  return SIGNALS[signal] ?? `signal ${signal}`;
}
