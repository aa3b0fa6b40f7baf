/** Where the bytes of a finding came from. `machine` is QEMU's own word (exit, QMP, stderr). */
export type FindingSource = 'console' | 'agent-stderr' | 'agent-stdout' | 'init' | 'machine';

export type FindingClass = 'kernel-panic' | 'kernel-oops' | 'agent-panic' | 'boot-failure';

/** One recognised event in the guest's output. Plain JSON: it travels in events and reports. */
export interface Finding {
  readonly class: FindingClass;
  /** One line for people, without addresses, times and pids. */
  readonly title: string;
  /** The key place: `file.rs:line` or a function without offset. */
  readonly place?: string;
  readonly source: FindingSource;
  /** Byte range of the report within its source, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The report's own lines, printable characters only, at most 4 KiB. */
  readonly excerpt: string;
}
