import {
  GUEST_END_REASONS,
  type ProcessEnd,
  type UnexpectedEnd,
} from '../verdict/unexpected-end.ts';

/** The end of a process as wait(2) tells it. */
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
 * The end of a machine by its own word.
 * @param isRestarting The kernel has said that it was told to restart.
 */
export function endOfReason(reason: string, isRestarting: boolean): UnexpectedEnd {
  const guests = GUEST_END_REASONS.find((known) => reason === `guest-${known}`);
  if (guests === undefined) return { kind: 'machine', reason };
  return { kind: 'guest', reason: guests === 'reset' && isRestarting ? 'reboot' : guests };
}
