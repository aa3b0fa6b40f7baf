/** The end of a machine or an agent that nobody had asked to end. */
export type UnexpectedEnd = ProcessEnd | GuestEnd | MachineEnd;

/** The end of a process, as wait(2) reports it. */
export type ProcessEnd =
  | { readonly kind: 'exit'; readonly code: number | null }
  | { readonly kind: 'signal'; readonly name: string };

/** Something that ran in the guest ended it. */
export interface GuestEnd {
  readonly kind: 'guest';
  readonly reason: GuestEndReason;
}

/** The machine could not run the guest any longer, or the host ended it. */
export interface MachineEnd {
  readonly kind: 'machine';
  /** The machine's own word, for example `host-signal`, `internal-error`. */
  readonly reason: string;
}

/**
 * `reboot` is a reset that the kernel was told to make; `reset` is one that it was not, which is
 * how a panic ends with `panic=-1`. The others are QEMU's ShutdownCause (qapi/run-state.json).
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
