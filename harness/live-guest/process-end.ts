import type { MachineExit } from '../machine/machine.ts';
import {
  GUEST_END_REASONS,
  type ProcessEnd,
  type UnexpectedEnd,
} from '../verdict/unexpected-end.ts';

/** The end of a process as wait(2) reports it. */
export function endOf({
  code,
  signal,
}: {
  readonly code: number | null;
  readonly signal: string | null;
}): ProcessEnd {
  return signal === null ? { kind: 'exit', code } : { kind: 'signal', name: signal };
}

/**
 * The end of a machine. QEMU's reason says more than its exit code, which is 0 even for a guest
 * that panicked. A reset is a panic, unless the kernel has printed that it restarts.
 * @param isRestarting Whether that is the last thing the kernel printed.
 */
export function endOfMachine(exit: MachineExit, isRestarting: boolean): UnexpectedEnd {
  const { reason } = exit;
  if (reason === undefined) return endOf(exit);
  const guests = GUEST_END_REASONS.find((known) => reason === `guest-${known}`);
  if (guests === undefined) return { kind: 'machine', reason };
  return { kind: 'guest', reason: guests === 'reset' && isRestarting ? 'reboot' : guests };
}
