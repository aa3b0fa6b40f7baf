import {
  type EmitForCell,
  type GuestFacts,
  type GuestOrigin,
  type GuestReason,
  now,
} from '../events.ts';
import type { ProbedFacts } from '../guest-facts.ts';
import type { Finding } from '../verdict/finding.ts';

/**
 * Emits one guest's events. They are held back until the guest is announced, so that a spare guest
 * that is never needed leaves no trace.
 */
export class GuestEvents {
  readonly #emit: EmitForCell;
  readonly #begin: {
    readonly guest: number;
    readonly from: GuestOrigin;
    readonly command: readonly string[];
  };
  readonly #startedAt = now();
  #held: Parameters<EmitForCell>[0][] | undefined = [];

  constructor(
    emit: EmitForCell,
    begin: { guest: number; from: GuestOrigin; command: readonly string[] },
  ) {
    this.#emit = emit;
    this.#begin = begin;
  }

  get isAnnounced(): boolean {
    return this.#held === undefined;
  }

  /** Emits `guest-begin`, then what was held back; from now on nothing is held back. */
  announce(reason: GuestReason): void {
    if (this.#held === undefined) return;
    const events = this.#held;
    this.#held = undefined;
    this.#emit({ type: 'guest-begin', reason, ...this.#begin, startedAt: this.#startedAt });
    for (const event of events) this.#emit(event);
  }

  /** @param probed What the digest in `facts` is about. */
  ready(bootMs: number, facts: GuestFacts, probed: ProbedFacts): void {
    const { probed: digest } = facts;
    if (digest !== undefined) this.#push({ type: 'facts', digest, facts: probed });
    this.#push({ type: 'guest-ready', guest: this.#begin.guest, bootMs, facts });
  }

  finding(finding: Finding): void {
    this.#push({ type: 'finding', guest: this.#begin.guest, finding });
  }

  /** Something about the guest that no result depends on. */
  note(what: string): void {
    this.#push({ type: 'note', message: `guest ${this.#begin.guest}: ${what}` });
  }

  ended(how: string): void {
    this.#push({ type: 'guest-end', guest: this.#begin.guest, how });
  }

  #push(event: Parameters<EmitForCell>[0]): void {
    if (this.#held === undefined) this.#emit(event);
    else this.#held.push(event);
  }
}
