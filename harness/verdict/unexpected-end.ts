/** A machine or an agent that ended though nobody had asked it to. */
export type UnexpectedEnd = ProcessEnd | GuestEnd | MachineEnd;

/** A process, as wait(2) tells its end. */
export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number | null }
  | { readonly kind: 'signal'; readonly name: string };

/** What ran in the guest ended it. */
export interface GuestEnd {
  readonly kind: 'guest';
  readonly reason: GuestEndReason;
}

/** The machine could not run the guest any more, or the host ended it. */
export interface MachineEnd {
  readonly kind: 'machine';
  /** The machine's own word, for example `host-signal`, `internal-error`. */
  readonly reason: string;
}

/**
 * `reboot` is a reset that the kernel had been told to make; `reset` is one that it had not, which
 * is how a panic with `panic=-1` ends. The others are QEMU's ShutdownCause (qapi/run-state.json).
 */
export const GUEST_END_REASONS = ['panic', 'reset', 'reboot', 'shutdown'] as const;
export type GuestEndReason = (typeof GUEST_END_REASONS)[number];

/** For people, and for the signature of what nothing else tells apart. */
export function describeEnd(end: UnexpectedEnd): string {
  switch (end.kind) {
    case 'exit':
      return `exit code ${end.code}`;
    case 'signal':
      return end.name;
    case 'guest':
      return `guest-${end.reason}`;
    case 'machine':
      return end.reason;
  }
}
