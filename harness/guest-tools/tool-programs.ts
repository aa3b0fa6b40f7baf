/** A program that can be put into guests, and where Debian's packages have it. */
export interface ToolProgram {
  readonly package: string;
  /** In the package, relative to the root; in releases before trixie a file may lie outside of usr/. */
  readonly path: string;
}

/** By the name that it has in a guest. */
export const TOOL_PROGRAMS = {
  /** Static. Has a shell and some hundred small programs, its applets. */
  busybox: { package: 'busybox-static', path: 'usr/bin/busybox' },
  gdbserver: { package: 'gdbserver', path: 'usr/bin/gdbserver' },
  strace: { package: 'strace', path: 'usr/bin/strace' },
} as const satisfies Readonly<Record<string, ToolProgram>>;

export type ToolName = keyof typeof TOOL_PROGRAMS;
