/** The developer's terminal while it is connected to one in a guest. */
import { spawnSync } from 'node:child_process';
import type { ReadStream, WriteStream } from 'node:tty';
import type { WindowSize } from '../../../channel/messages.ts';
import { UsageError } from '../../../errors.ts';

export interface Terminal {
  readonly input: ReadStream & { readonly fd: number };
  readonly output: WriteStream;
}

/** What a program in a guest may have left on when it ended, or when the guest did (xterm's ctlseqs). */
const AS_BEFORE = [
  '\x1b[?1047l', // the normal screen
  '\x1b[?25h', // a cursor
  '\x1b[?1l\x1b>', // keys send what they usually do
  '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l', // the mouse selects text
  '\x1b[?2004l', // pasted text comes as it is
  '\x1b[0m', // no colour
].join('');

/** The process's own. Throws a UsageError if it has none; `option` is what needs it. */
export function findTerminal(option: string): Terminal {
  const { stdin: input, stdout: output } = process;
  if (input.isTTY && output.isTTY) return { input, output };
  const which = input.isTTY ? 'standard output' : 'standard input';
  throw new UsageError(`${option}: expected a terminal, but ${which} is none`, {
    code: 'NO_TERMINAL',
    remedy: 'start kmx from a terminal, without a pipe; in a script, leave this option out',
  });
}

/** What ends a process whose terminal is in raw mode, unless it listens. */
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

export function sizeOf({ output }: Terminal): WindowSize {
  // A serial line may not know.
  const [columns, rows] = output.getWindowSize();
  return { columns: columns || 80, rows: rows || 24 };
}

/**
 * Node's raw mode still turns a line feed into two characters, which the terminal in the guest has done
 * already, and full-screen programs do not expect. Without stty they look odd, and nothing else does.
 */
function leaveLineFeedsAlone(terminal: number): void {
  spawnSync('stty', ['-opost'], { stdio: [terminal, 'ignore', 'ignore'] });
}

/**
 * Hands every key to a program instead of the line editor and signals of this host. Disposing undoes
 * that, and so does the end of this process. After SIGKILL the developer's `reset` is needed.
 */
export function enterRawMode({ input, output }: Terminal): Disposable {
  const wasRaw = input.isRaw;
  const restore = (): void => {
    process.off('exit', restore);
    for (const signal of ENDING) process.off(signal, onSignal);
    input.setRawMode(wasRaw);
    output.write(AS_BEFORE);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    restore();
    // Else somebody ends the run, or ends this process if nobody else listens (signal-exit of execa).
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.on('exit', restore);
  for (const signal of ENDING) process.prependListener(signal, onSignal);
  input.setRawMode(true);
  leaveLineFeedsAlone(input.fd);
  return { [Symbol.dispose]: restore };
}
