/** What can be looked into, apart from the code for it: options are listed at each start of kmx. */
export const GDB_TARGETS = ['agent', 'kernel'] as const;
export const STRACE_TARGETS = ['agent'] as const;
export const SHELL_TIMES = ['instead', 'before', 'on-failure'] as const;

/** When a test is held for a shell; `instead`: it does not run at all. */
export type ShellTime = (typeof SHELL_TIMES)[number];

export interface DebugOptions {
  readonly gdb?: (typeof GDB_TARGETS)[number];
  readonly strace?: (typeof STRACE_TARGETS)[number];
  readonly shell?: ShellTime;
  /** A folder of this host, for the shell. */
  readonly share?: string;
}
