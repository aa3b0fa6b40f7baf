/**
 * The first lines of what an x86 Linux kernel reports about itself, from its own message texts
 * (kernel/panic.c, arch/x86/kernel/traps.c, arch/x86/mm/fault.c, lib/bug.c, kernel/watchdog.c,
 * kernel/rcu/tree_stall.h, kernel/hung_task.c). Matched against one message without its time stamp.
 */
import type { FindingClass } from './finding.ts';

export interface ReportStart {
  readonly class: FindingClass;
  readonly title: string;
  /** The place, where the first line already names it. */
  readonly place?: string;
}

interface Pattern {
  readonly class: FindingClass;
  readonly text: RegExp;
  readonly title: (match: RegExpExecArray) => string;
  readonly place?: (match: RegExpExecArray) => string | undefined;
}

const whole = (match: RegExpExecArray): string => match[0];
const oops = (text: RegExp, title = whole, place?: Pattern['place']): Pattern =>
  place === undefined
    ? { class: 'kernel-oops', text, title }
    : { class: 'kernel-oops', text, title, place };

/** The kernel gives up because it has nothing to run: the guest never came up. */
const NO_INIT =
  /^Kernel panic - not syncing: ((?:VFS: Unable to mount root fs|No working init found|Requested init ).*)/;

const PATTERNS: readonly Pattern[] = [
  { class: 'boot-failure', text: NO_INIT, title: (match) => match[1] ?? '' },
  {
    class: 'kernel-panic',
    text: /^Kernel panic - not syncing: (.*)/,
    title: (match) => `Kernel panic: ${describePanic(match[1] ?? '')}`,
  },
  oops(/^(?:BUG: )?(KASAN|KMSAN|KCSAN|KFENCE|UBSAN): .*/),
  oops(/^(?:watchdog: )?BUG: soft lockup - CPU#\d+ stuck/, () => 'BUG: soft lockup'),
  oops(/^(?:NMI )?watchdog: Watchdog detected hard LOCKUP/i, () => 'hard lockup'),
  oops(/^BUG: workqueue lockup/),
  oops(
    /^kernel BUG at (\S+)!/,
    () => 'kernel BUG',
    (match) => match[1],
  ),
  oops(/^BUG: .*/),
  oops(
    /^WARNING: CPU: \d+ PID: \d+ at (\S+)/,
    () => 'WARNING',
    (match) => match[1],
  ),
  oops(
    /^WARNING: (\S+:\d+) at /,
    () => 'WARNING',
    (match) => match[1],
  ),
  oops(/^WARNING: (?!.*\b(?:deprecated|unsafe)\b).*/),
  oops(/^(?:Oops: )?general protection fault(?=[,:] )/, () => 'general protection fault'),
  oops(
    /^(?:Oops: )?(divide error|invalid opcode|int3|stack segment|double fault): 0000/,
    (match) => match[1] ?? '',
  ),
  oops(/^Oops: .*/),
  oops(/^(?:rcu: )?INFO: rcu_\w+ .*stall/, () => 'RCU stall'),
  oops(/^INFO: task \S+:\d+ blocked for more than \d+ seconds/, () => 'hung task'),
];

export function matchReportStart(message: string): ReportStart | undefined {
  for (const { class: kind, text, title, place } of PATTERNS) {
    const match = text.exec(message);
    if (match === null) continue;
    const where = place?.(match);
    return {
      class: kind,
      title: normaliseTitle(title(match)),
      ...(where === undefined ? {} : { place: where }),
    };
  }
  return undefined;
}

/** PID 1's exit code as wait(2) encodes it: signal in the low 7 bits, exit status above them. */
function describePanic(text: string): string {
  const code = /^Attempted to kill init! exitcode=0x([0-9a-f]{8})/.exec(text)?.[1];
  if (code === undefined) return text;
  const status = Number.parseInt(code, 16);
  const signal = status & 0x7f;
  const how =
    signal === 0 ? `it exited with code ${(status >> 8) & 0xff}` : `signal ${signal} ended it`;
  return `Attempted to kill init! (${how})`;
}

/** Without what differs between two runs of the same crash. */
function normaliseTitle(title: string): string {
  return title
    .replace(/\b(?:0x)?[0-9a-f]{8,}\b/g, 'ADDRESS')
    .replace(/\b(\w+)\+0x[0-9a-f]+\/0x[0-9a-f]+/g, '$1')
    .replace(/\bCPU#?:? ?\d+/g, 'CPU')
    .replace(/\bpid[:=]? ?\d+/gi, 'pid')
    .slice(0, 160);
}

const FRAME = /^\s*([A-Za-z_][\w.]*)\+0x[0-9a-f]+\/0x[0-9a-f]+/;
const RIP = /^RIP: 0010:([A-Za-z_][\w.]*)\+0x/;
/** Functions that report, not those that are reported. */
const MACHINERY =
  /^(?:dump_stack|show_|panic|__warn|warn_|report_bug|handle_bug|exc_|asm_|do_exit|do_group_exit|die|oops_|page_fault|do_error_trap|do_trap|__die|nmi_|watchdog_|rcu_|kasan_|print_)/;

/** The function that a line of a report names, without offset and compiler suffix. */
export function findFunction(message: string): string | undefined {
  const name = (RIP.exec(message) ?? FRAME.exec(message))?.[1];
  if (name === undefined || MACHINERY.test(name)) return undefined;
  return name.replace(/\.(?:isra|constprop|part|cold|llvm)(?:\.\d+)*/g, '');
}
