import type { Duplex, Readable } from 'node:stream';

/** What a machine needs to boot one guest. */
export interface BootSpec {
  readonly kernel: string;
  /** Absent only for kernels that need none, as in a probe. */
  readonly initramfs?: string;
  /** The whole kernel command line of the guest, without what the machine itself adds. */
  readonly bootParameters: readonly string[];
  readonly cpus: number;
  readonly memoryMib: number;
}

/** A way to boot guests. `boot` throws an InfraError if the machine itself cannot start. */
export interface Machine {
  boot(spec: BootSpec): Promise<Instance>;
  /** Absent where guests cannot be saved. */
  readonly templates?: TemplateMachine;
}

/** The same machine; each of its guests boots. */
export function withoutTemplates({ templates: _, ...machine }: Machine): Machine {
  return machine;
}

/**
 * Guests that are saved once and restored often. A template is a folder, which `save` of a guest
 * fills and in which a guest that is restored changes nothing. All throw an InfraError if the
 * machine itself cannot start.
 */
export interface TemplateMachine {
  /** Like `boot` of the machine, for a guest that can be saved. */
  boot(spec: BootSpec): Promise<SavableInstance>;
  /** Goes on from a template, and can be saved as another one. */
  branch(spec: BootSpec, template: string): Promise<SavableInstance>;
  /** Goes on from a template, quickly and with little memory of its own. */
  restore(spec: BootSpec, template: string): Promise<Instance>;
  /**
   * All that a template depends on beside the files that its guest was started from: what is saved
   * under one identity can be restored under no other.
   */
  identity(spec: BootSpec): string;
}

/** How an instance ended, by the machine's own word. */
export interface MachineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /**
   * The machine's own word: `guest-panic` if the kernel told it so, else QEMU's SHUTDOWN reason, for
   * example `guest-shutdown`, `guest-reset` (also a panic), `host-signal`, or `internal-error` or `io-error` if it could not run the guest
   * any more.
   * Absent if it said nothing, as when its process was killed.
   */
  readonly reason?: string;
  /** True if disposing of it ended it. A guest that was asked to power off ends by itself. */
  readonly requested: boolean;
  /** The last lines that the machine's own process wrote to stderr. */
  readonly stderr: string;
}

/**
 * One booted guest. Disposing of it ends the process, waits for it, closes the streams (what was
 * not read by then is lost) and removes its private folder.
 *
 * A stream that is not read holds the guest's writer up once some 100 KiB wait in it, and only that
 * port; but who writes to the console is the kernel itself, so read it.
 */
export interface Instance extends AsyncDisposable {
  readonly pid: number;
  /** The kernel's serial console: evidence, never protocol. Raw bytes. */
  readonly console: Readable;
  readonly agentStdout: Readable;
  readonly agentStderr: Readable;
  /** Framed messages with init (`channel/`). */
  readonly control: Duplex;
  /** Unix socket; each connection to it becomes one connection to the agent in the guest. */
  readonly agentSocket: string;
  /** The exact command line, for people who want to boot the same guest by hand. */
  readonly commandLine: readonly string[];
  /**
   * Settles, never rejects, when the machine's process has ended and each stream that somebody
   * reads was read to its end.
   */
  readonly exited: Promise<MachineExit>;
}

/** A guest that can become a template, and go on. Its methods throw an InfraError. */
export interface SavableInstance extends Instance {
  /** The guest stands still: what it has written by then is on its way to the streams. */
  pause(): Promise<void>;
  /** Writes it as it stands still to an empty folder. */
  save(folder: string): Promise<void>;
  resume(): Promise<void>;
}
