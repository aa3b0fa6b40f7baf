import { EXIT_CODES } from './exit-codes.ts';

export interface Interrupts extends Disposable {
  /** Aborted by the first Ctrl-C or SIGTERM. */
  readonly signal: AbortSignal;
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is printed to standard error. */
export interface InterruptTexts {
  /** At the first signal; absent: something else says it. */
  readonly first?: string;
  /** At the second one, before kmx ends. */
  readonly second?: string;
}

const TEXTS: InterruptTexts = {
  first: 'kmx: stopping the guests and writing reports; press again to stop at once',
};

/**
 * The first signal ends the run gracefully, with reports of what was done; the second ends it at
 * once. Machines die with us either way: the kernel kills them when their parent is gone.
 */
export function listenForInterrupts({ first, second }: InterruptTexts = TEXTS): Interrupts {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) {
      print(second);
      process.exit(EXIT_CODES.interrupted);
    }
    print(first);
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, onSignal);
  return {
    signal: controller.signal,
    [Symbol.dispose]: () => {
      for (const signal of SIGNALS) process.off(signal, onSignal);
    },
  };
}

/** Ctrl-C ends kmx with what it does here, once that has ended and cleaned up after itself. */
export async function interruptibly<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  using interrupts = listenForInterrupts({ first: 'kmx: stopped' });
  try {
    return await work(interrupts.signal);
  } catch (error) {
    if (interrupts.signal.aborted) process.exit(EXIT_CODES.interrupted);
    throw error;
  }
}

/** On a line of its own: the terminal has echoed `^C`. */
function print(text: string | undefined): void {
  if (text !== undefined) process.stderr.write(`\n${text}\n`);
}
