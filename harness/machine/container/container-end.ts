import { constants } from 'node:os';
import type { MachineExit } from '../machine.ts';

/** How a container ended, as the engine tells. */
export type ContainerEnd =
  | {
      readonly kind: 'ended';
      /** Of its first process; 128 and the signal's number if a signal ended it. */
      readonly status: number;
      /**
       * SIGKILL ended it, and the kernel has killed a process because memory was used up; not necessarily
       * the first one.
       */
      readonly wasOutOfMemory: boolean;
    }
  /** The engine cannot be asked any more. */
  | { readonly kind: 'engine-lost'; readonly why: string };

/** A status above this is that of a process that a signal ended (POSIX shells, and runc). */
const SIGNALLED = 128;

export interface EndCircumstances {
  /** It was disposed of. */
  readonly requested: boolean;
  /** What it last wrote to its own output: init has other ways, unless it fails early. */
  readonly said: string;
  /**
   * Whether the kernel has said that it killed the first process because memory was used up. Undefined
   * if it cannot be asked: then the engine's word has to do.
   */
  readonly endedForMemory: boolean | undefined;
}

export function describeContainerEnd(
  end: ContainerEnd,
  { requested, said, endedForMemory }: EndCircumstances,
): MachineExit {
  if (end.kind === 'engine-lost') {
    const stderr = [said, `the container engine: ${end.why}`].filter(Boolean).join('\n');
    return { code: null, signal: null, reason: 'engine-lost', requested, stderr };
  }
  const signal = signalOf(end.status);
  return {
    code: signal === null ? end.status : null,
    signal,
    ...(requested ? {} : { reason: reasonOf(signal, endedForMemory ?? end.wasOutOfMemory) }),
    requested,
    stderr: said,
  };
}

/**
 * Only the kernel and the host can kill a container's first process (pid_namespaces(7)): any other
 * end is its own doing.
 */
function reasonOf(signal: string | null, endedForMemory: boolean): string {
  if (signal !== 'SIGKILL') return 'guest-shutdown';
  return endedForMemory ? 'out-of-memory' : 'killed-from-outside';
}

function signalOf(status: number): string | null {
  const number = status - SIGNALLED;
  const found = Object.entries(constants.signals).find(([, value]) => value === number);
  return found?.[0] ?? null;
}
