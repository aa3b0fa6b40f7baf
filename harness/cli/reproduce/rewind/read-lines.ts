import { createInterface } from 'node:readline';

export interface LineReader extends Disposable {
  /** Undefined at the end of the input, or when the signal is aborted. */
  next(): Promise<string | undefined>;
}

export interface Lines {
  readonly input: NodeJS.ReadStream;
  readonly output: NodeJS.WriteStream;
  readonly prompt: string;
  readonly signal: AbortSignal;
}

/**
 * Lines that somebody types, with a history, or that come from a file or a pipe: these are shown behind the
 * prompt, so that what follows can be told apart.
 */
export function readLines(lines: Lines): LineReader {
  return lines.input.isTTY ? readTerminal(lines) : readPipe(lines);
}

/**
 * The terminal is only in raw mode while a line is typed: at any other time Ctrl-C is a signal, as it is
 * everywhere in kmx.
 */
function readTerminal({ input, output, prompt, signal }: Lines): LineReader {
  let history: string[] = [];
  return {
    async next() {
      if (signal.aborted) return undefined;
      const { promise, resolve } = Promise.withResolvers<string | undefined>();
      const editor = createInterface({ input, output, prompt, history: [...history], signal });
      editor.on('history', (typed) => {
        history = typed;
      });
      editor.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
      editor.on('line', resolve).on('close', () => resolve(undefined));
      editor.prompt();
      const line = await promise;
      editor.close();
      if (line === undefined) output.write('\n');
      return line;
    },
    [Symbol.dispose]: () => {},
  };
}

function readPipe({ input, output, prompt, signal }: Lines): LineReader {
  const reader = createInterface({ input, terminal: false, signal });
  const lines = reader[Symbol.asyncIterator]();
  return {
    async next() {
      const { value, done } = await lines.next();
      if (done === true || signal.aborted) return undefined;
      output.write(`${prompt}${value}\n`);
      return value;
    },
    [Symbol.dispose]: () => reader.close(),
  };
}
