import { execa } from 'execa';
import { InfraError } from '../../errors.ts';
import { collectTail } from '../collect-tail.ts';
import type { HandedFiles } from './handed-files.ts';

/** Enough for QEMU's register dump after a KVM internal error. */
const STDERR_TAIL_BYTES = 8 * 1024;

/** How the process ended, which says nothing yet about the guest. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
  /** True if `kill` was called while the process was alive. */
  readonly isKilled: boolean;
  /** The last 8 KiB of stderr. */
  readonly stderr: string;
}

/** A running QEMU. Disposing kills it and waits for it. */
export interface QemuProcess extends AsyncDisposable {
  /** As this host counts; 0 if it had ended before it could be looked up. */
  readonly pid: number;
  readonly ended: Promise<ProcessEnd>;
  /** Kills the process group and waits for the end. Safe to call twice. */
  kill(): Promise<void>;
}

/**
 * Starts QEMU in a process group of its own, so that Ctrl-C at the terminal reaches only the
 * harness, which then ends its guests in an orderly way. execa kills the group when this process
 * exits or is ended by a signal; `setpriv` (see host-starter.ts) covers SIGKILL.
 */
export async function startProcess(
  commandLine: readonly string[],
  { inputFile, memory }: HandedFiles = {},
): Promise<QemuProcess> {
  const [file = '', ...parameters] = commandLine;
  const subprocess = execa(file, parameters, {
    killDescendants: true,
    cleanup: true,
    killSignal: 'SIGKILL',
    stdio: [
      inputFile === undefined ? 'ignore' : { file: inputFile },
      'ignore',
      'pipe',
      // execa takes any number, though its types only know the first few.
      ...(memory === undefined ? [] : [memory.descriptor as 3]),
    ],
    buffer: false,
    reject: false,
  });
  const readStderr = collectTail(subprocess.stderr, STDERR_TAIL_BYTES);
  let isEnded = false;
  let isKilled = false;
  const ended = subprocess.then((result): ProcessEnd => {
    isEnded = true;
    const { exitCode = null, signal = null } = result;
    return { code: exitCode, signal, isKilled, stderr: readStderr() };
  });
  const { pid } = subprocess;
  if (pid === undefined) {
    const { cause, shortMessage = '' } = await subprocess;
    throw new InfraError(`cannot start ${file}`, {
      code: 'MACHINE_NOT_STARTED',
      output: shortMessage,
      cause,
    });
  }
  async function kill(): Promise<void> {
    if (!isEnded) {
      isKilled = true;
      subprocess.kill('SIGKILL');
    }
    await ended;
  }
  return { pid, ended, kill, [Symbol.asyncDispose]: kill };
}
