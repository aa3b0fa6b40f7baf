import type { FailedStart } from '../../live-guest/failed-start.ts';
import type { LiveGuest } from '../../live-guest/live-guest.ts';

/**
 * One test's claim to a guest, from when it asks for one to when it has ended. It has one owner; a
 * guest that comes up after its lease was cancelled is ended and given to nobody.
 */
export class GuestLease {
  /** Settles when the guest is up, or is not to be had. */
  readonly started: Promise<LiveGuest | FailedStart>;
  readonly #controller: AbortController;
  #outcome: LiveGuest | FailedStart | undefined;

  constructor(started: Promise<LiveGuest | FailedStart>, controller: AbortController) {
    this.#controller = controller;
    this.started = started.then((outcome) => {
      this.#outcome = outcome;
      return outcome;
    });
    // Whoever cancels a lease does not wait for it.
    this.started.catch(() => {});
  }

  /** What came of it so far. */
  get outcome(): LiveGuest | FailedStart | undefined {
    return this.#outcome;
  }

  get isCancelled(): boolean {
    return this.#controller.signal.aborted;
  }

  /** For one that nobody waits for any more: what is on its way up ends at once. */
  cancel(): void {
    this.#controller.abort();
  }
}
