/** Words for the numbers in a kernel's last message. */

/** Intel's manual, volume 3, 6.3.1: vectors of exceptions that a kernel's bug may cause. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  0: 'divide error',
  3: 'int3',
  6: 'invalid opcode',
  8: 'double fault',
  12: 'stack segment',
  13: 'general protection fault',
  14: 'page fault',
  21: 'control protection fault',
  29: 'VMM communication exception',
};

/** @param vector Hexadecimal, as printed. */
export function nameException(vector: string): string {
  const number = Number.parseInt(vector, 16);
  return EXCEPTIONS[number] ?? `vector ${number}`;
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

/** PID 1's exit code as wait(2) encodes it: signal in the low 7 bits, exit status above. Hexadecimal. */
export function describeExitCode(code: string): string {
  const status = Number.parseInt(code, 16);
  const signal = status & 0x7f;
  if (signal === 0) return `exit status ${(status >> 8) & 0xff}`;
  return SIGNALS[signal] ?? `signal ${signal}`;
}
