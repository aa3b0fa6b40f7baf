import { constants } from 'node:os';
import type { MachineExit } from '../machine.ts';

/** How a container ended, as the engine tells. */
export type ContainerEnd =
  | {
      readonly kind: 'ended';
      /** Of its first process; 128 and the signal's number if a signal ended it. */
      readonly status: number;
      /** The kernel has killed a process because the container's memory was used up. */
      readonly wasOutOfMemory: boolean;
    }
  /** The engine cannot be asked any more. */
  | { readonly kind: 'engine-lost'; readonly why: string };

/** A status above this is that of a process that a signal ended (POSIX shells, and runc). */
const SIGNALLED = 128;

/**
 * @param requested It was disposed of.
 * @param said What it last wrote to its own output: init has other ways, unless it fails early.
 */
export function describeContainerEnd(
  end: ContainerEnd,
  { requested, said }: { readonly requested: boolean; readonly said: string },
): MachineExit {
  if (end.kind === 'engine-lost') {
    const stderr = [said, `the container engine: ${end.why}`].filter(Boolean).join('\n');
    return { code: null, signal: null, reason: 'engine-lost', requested, stderr };
  }
  const signal = signalOf(end.status);
  return {
    code: signal === null ? end.status : null,
    signal,
    ...(requested ? {} : { reason: reasonOf(signal, end.wasOutOfMemory) }),
    requested,
    stderr: said,
  };
}

/**
 * Only the kernel and the host can kill a container's first process (pid_namespaces(7)): any other
 * end is its own doing.
 */
function reasonOf(signal: string | null, wasOutOfMemory: boolean): string {
  if (signal !== 'SIGKILL') return 'guest-shutdown';
  return wasOutOfMemory ? 'out-of-memory' : 'killed-from-outside';
}

function signalOf(status: number): string | null {
  const number = status - SIGNALLED;
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? null;
}
