/** Which of the two streams a log is, by what is in it. */
import type { Finding } from '../verdict/finding.ts';
import { isCrash } from '../verdict/finding.ts';

import type { LogStream } from './log-stream.ts';

/** What a log has that only a kernel writes. */
export interface KernelSigns {
  push(chunk: Uint8Array): void;
  /** What it is, in words; undefined: there is too little of it. */
  describe(lines: number, boots: number): string | undefined;
}

/** printk's time stamp, and the tag that syslog and the journal give to the kernel's lines. */
const KERNEL_LINE = /\[ {0,12}\d{1,6}\.\d{6}\]|\bkernel: /g;
/** Kata's shim, which logs a guest's console line by line. */
const SHIM = /\bvm ?console"?[=:]/;
/** Long enough for what begins in one chunk and ends in the next. */
const OVERLAP = 32;
/** Fewer may be lines of a kernel that somebody quotes among a program's own. */
const KERNEL_LINES_SHARE = 0.1;

export function createKernelSigns(): KernelSigns {
  let tail = '';
  let kernelLines = 0;
  let isFromShim = false;
  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const text = tail + bytes.toString('latin1');
      // What lies in the overlap as a whole was counted with the last chunk.
      const before = tail.match(KERNEL_LINE)?.length ?? 0;
      kernelLines += (text.match(KERNEL_LINE)?.length ?? 0) - before;
      isFromShim ||= SHIM.test(text);
      tail = text.slice(-OVERLAP);
    },
    describe(lines, boots) {
      if (isFromShim) return "it has a guest's console, as Kata's shim logs it";
      if (boots > 0) return "it has a kernel's banner";
      return kernelLines > 0 && kernelLines >= KERNEL_LINES_SHARE * lines
        ? 'its lines have the time stamps or tags of a kernel'
        : undefined;
    },
  };
}

export interface Guess {
  readonly stream: LogStream;
  readonly reason: string;
}

/**
 * On a kernel's console a program's panic may be a test's own output, so that a console is not read as a
 * program's output only because there is one in it.
 */
export function guessStream(
  kernelSigns: string | undefined,
  found: Readonly<Record<LogStream, readonly Finding[]>>,
): Guess {
  if (kernelSigns !== undefined) return { stream: 'console', reason: kernelSigns };
  if (found.console.some(isCrash)) return { stream: 'console', reason: "it has a kernel's report" };
  if (found.agent.some(isCrash)) {
    return { stream: 'agent', reason: "a program's crash is in it, and nothing of a kernel's" };
  }
  return { stream: 'console', reason: 'nothing in it tells' };
}
