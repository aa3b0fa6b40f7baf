import type { createLogUpdate } from 'log-update';
import type { LinesLog } from '../lines-log.ts';
import { isLiveTerminal } from '../live-terminal.ts';
import type { MinimizeProgress, TriedCandidate } from './minimize-failure.ts';

const PART_WIDTH = 6;
const COUNT_WIDTH = 3;

/**
 * How a search is getting on: a line whenever there is less, and on a terminal below it how many candidates were
 * tried since. Disposing of it leaves the lines.
 */
export class ProgressLines implements MinimizeProgress, Disposable {
  readonly #stream: NodeJS.WriteStream;
  readonly #log: LinesLog<TriedCandidate>;
  readonly #live: ReturnType<typeof createLogUpdate> | undefined;
  #tries = 0;
  #last = '';

  private constructor(
    stream: NodeJS.WriteStream,
    log: LinesLog<TriedCandidate>,
    live?: ReturnType<typeof createLogUpdate>,
  ) {
    this.#stream = stream;
    this.#log = log;
    this.#live = live;
  }

  /** @param log Gets each candidate. */
  static async open(
    stream: NodeJS.WriteStream,
    environment: NodeJS.ProcessEnv,
    log: LinesLog<TriedCandidate>,
  ): Promise<ProgressLines> {
    if (!isLiveTerminal(stream, environment)) return new ProgressLines(stream, log);
    const { createLogUpdate } = await import('log-update');
    return new ProgressLines(stream, log, createLogUpdate(stream));
  }

  get tries(): number {
    return this.#tries;
  }

  tried(candidate: TriedCandidate): void {
    this.#tries += 1;
    this.#log.add(candidate);
    this.#live?.(`  ${this.#tried} tried; ${this.#last}`);
  }

  left(part: string, what: string): void {
    // A value that got simpler is no field less.
    if (this.#last === `${what} left`) return;
    this.#last = `${what} left`;
    this.note(`${part.padEnd(PART_WIDTH)} ${this.#tried} tried, ${this.#last}`);
  }

  note(sentence: string): void {
    this.#live?.clear();
    this.#stream.write(`  ${sentence}\n`);
  }

  [Symbol.dispose](): void {
    this.#live?.clear();
    this.#live?.done();
  }

  get #tried(): string {
    return String(this.#tries).padStart(COUNT_WIDTH);
  }
}
