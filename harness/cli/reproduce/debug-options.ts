/** What can be looked into, apart from the code for it: options are listed at each start of kmx. */
export const GDB_TARGETS = ['agent', 'kernel'] as const;
export const STRACE_TARGETS = ['agent'] as const;

export interface DebugOptions {
  readonly gdb?: (typeof GDB_TARGETS)[number];
  readonly strace?: (typeof STRACE_TARGETS)[number];
}
