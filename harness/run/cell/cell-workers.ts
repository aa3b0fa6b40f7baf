import type { IdleWorker, WorkerEnd, WorkerHandlers, WorkerHost } from '../../worker/host.ts';
import type { WorkerStart } from '../../worker/messages.ts';

/**
 * The worker processes of one cell, one at a time. The first is spawned at once, so that it loads
 * while a guest comes up. Disposing kills what is left.
 */
export class CellWorkers implements AsyncDisposable {
  readonly #spawn: () => IdleWorker;
  readonly #signal: AbortSignal;
  readonly #onAbort = (): void => this.kill();
  #idle: IdleWorker | undefined;
  #current: WorkerHost | undefined;

  constructor(spawn: () => IdleWorker, signal: AbortSignal) {
    this.#spawn = spawn;
    this.#signal = signal;
    this.#idle = spawn();
    signal.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Runs the tests in a worker process, until that ends. */
  async run(start: WorkerStart, handlers: WorkerHandlers): Promise<WorkerEnd> {
    const idle = this.#idle ?? this.#spawn();
    this.#idle = undefined;
    this.#current = idle.start(start, handlers);
    try {
      return await this.#current.ended;
    } finally {
      this.#current = undefined;
    }
  }

  /** Tells the worker that a guest is lost, which ends pending calls to it. */
  lose(guest: number): void {
    this.#current?.lose(guest);
  }

  kill(): void {
    void this.#current?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#idle?.[Symbol.asyncDispose]();
    await this.#current?.[Symbol.asyncDispose]();
  }
}
