import type { FailedStart } from '../../live-guest/failed-start.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';

/**
 * One test's right to a guest, from when it asks for one until it has ended. A lease has one owner;
 * a guest that comes up after its lease was cancelled is ended, and nobody gets it.
 */
export class GuestLease {
  /** Resolves when the guest is up or has failed to start. */
  readonly started: Promise<LiveGuest | FailedStart>;
  readonly #controller: AbortController;
  #outcome: LiveGuest | FailedStart | undefined;

  constructor(started: Promise<LiveGuest | FailedStart>, controller: AbortController) {
    this.#controller = controller;
    this.started = started.then((outcome) => {
      this.#outcome = outcome;
      return outcome;
    });
    // A lease that is cancelled is not awaited.
    this.started.catch(() => {});
  }

  /** Undefined until the guest has started or failed to. */
  get outcome(): LiveGuest | FailedStart | undefined {
    return this.#outcome;
  }

  get isCancelled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** A guest that is still coming up ends at once. */
  cancel(): void {
    this.#controller.abort();
  }
}
