/** Which of the two streams a log is, by what is in it. */
import type { Finding } from '../verdict/finding.ts';
import { isCrash } from '../verdict/finding.ts';
import { KATA, RELAYS } from '../verdict/lines/envelope/relays.ts';
import type { LogStream } from './log-stream.ts';

/** What a log has that only a kernel writes. */
export interface KernelSigns {
  push(chunk: Uint8Array): void;
  /** What they add up to; undefined: there is too little of it. */
  weigh(lines: number, boots: number): KernelEvidence | undefined;
}

/** Why a log is taken for a kernel's console. */
export interface KernelEvidence {
  /** In words, for people. */
  readonly reason: string;
  /** Lines of a kernel, but no console that is certainly whole: neither a boot nor a shim's copy. */
  readonly isPart?: true;
}

/**
 * Time stamps of printk and of `dmesg -T`, and the tag that syslog gives to the kernel's lines. The journal
 * puts the former before lines of programs, too, with a host and a process.
 */
const KERNEL_LINE = new RegExp(
  [
    String.raw`\[ {0,12}\d{1,9}\.(?:\d{3}|\d{6}|\d{9})\](?! \S{1,64} [^\s[\]:]{1,64}\[\d{1,10}\]: )`,
    String.raw`\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}\]`,
    String.raw`\bkernel: `,
  ].join('|'),
  'g',
);
/** Kata's shims, which log a guest's console line by line. */
const SHIM = /\bvm ?console"?[=:]/;
/** A host and a process, as syslog and the journal put them before a program's lines; not before those of a guest's console. */
const PROGRAM_LINE = new RegExp(
  String.raw` [\w.-]{1,64} (?!${RELAYS}|${KATA})[^\s[\]:]{1,64}\[\d{1,10}\]: `,
  'g',
);
/** Long enough for what begins in one chunk and ends in the next. */
const OVERLAP = 256;
/** Fewer may be lines of a kernel that somebody quotes among a program's own. */
const KERNEL_LINES_SHARE = 0.1;
/** With more, it is a host's log, and what its programs say is no test's output. */
const PROGRAM_LINES_SHARE = 0.1;

export function createKernelSigns(): KernelSigns {
  let tail = '';
  let kernelLines = 0;
  let programLines = 0;
  let isFromShim = false;
  return {
    push(chunk) {
      const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      const text = tail + bytes.toString('latin1');
      // What lies in the overlap as a whole was counted with the last chunk.
      kernelLines += countOf(KERNEL_LINE, text) - countOf(KERNEL_LINE, tail);
      programLines += countOf(PROGRAM_LINE, text) - countOf(PROGRAM_LINE, tail);
      isFromShim ||= SHIM.test(text);
      tail = text.slice(-OVERLAP);
    },
    weigh(lines, boots) {
      if (isFromShim) return { reason: "it has a guest's console, as Kata's shim logs it" };
      if (programLines > PROGRAM_LINES_SHARE * lines) return undefined;
      if (boots > 0) return { reason: "it has a kernel's banner" };
      return kernelLines > 0 && kernelLines >= KERNEL_LINES_SHARE * lines
        ? { reason: 'its lines have the time stamps or tags of a kernel', isPart: true }
        : undefined;
    },
  };
}

function countOf(pattern: RegExp, text: string): number {
  return text.match(pattern)?.length ?? 0;
}

export interface Guess {
  readonly stream: LogStream;
  readonly reason: string;
}

/**
 * On a kernel's console a program's panic may be a test's own output, so that a console is not read as a
 * program's output only because there is one in it. Without a kernel's boot it is no whole console: what
 * somebody pasted of a VM may be the words of the program that ran it.
 *
 * @param named Crashes of programs that count on a console, too: envelopes name who wrote them.
 */
export function guessStream(
  kernel: KernelEvidence | undefined,
  found: Readonly<Record<LogStream, readonly Finding[]>>,
  named: readonly unknown[] = [],
): Guess {
  const isOfProgram =
    found.agent.some(isCrash) && !found.console.some(isCrash) && named.length === 0;
  if (kernel?.isPart && isOfProgram) {
    return {
      stream: 'agent',
      reason: "a program's crash is in it, and neither a kernel's nor its boot",
    };
  }
  if (kernel !== undefined) return { stream: 'console', reason: kernel.reason };
  if (found.console.some(isCrash)) return { stream: 'console', reason: "it has a kernel's report" };
  if (found.agent.some(isCrash)) {
    return { stream: 'agent', reason: "a program's crash is in it, and nothing of a kernel's" };
  }
  if (found.agent.length > 0 && found.console.length === 0) {
    return { stream: 'agent', reason: 'it tells of programs, and has nothing of a kernel in it' };
  }
  return { stream: 'console', reason: 'nothing in it says whose output it is' };
}
