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
  readonly name: string;
  boot(spec: BootSpec): Promise<Instance>;
  /** Absent where guests cannot be saved. */
  readonly templates?: TemplateMachine;
}

/**
 * Guests that are saved once and restored often. A template is a folder: it is written by `save` of
 * the one guest that was started for it, and read by every one that is restored from it. All throw
 * an InfraError if the machine itself cannot start or cannot save.
 */
export interface TemplateMachine {
  /** Starts a guest whose memory lies in `folder`, where `save` will leave the rest of it. */
  boot(spec: BootSpec, folder: string): Promise<SavableInstance>;
  /** The same, but it goes on from a copy of the template that is in `from`. */
  branch(spec: BootSpec, from: string, folder: string): Promise<SavableInstance>;
  /** A guest that goes on where the one in `from` was saved. Its memory is its own. */
  restore(spec: BootSpec, from: string): Promise<Instance>;
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
  /** True if `kill` or disposing ended it. A guest that was asked to power off ends by itself. */
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
  /** `tcg` or `kvm`, and QEMU's version: part of every report. */
  readonly accelerator: string;
  readonly version: string;
  /**
   * Settles, never rejects, when the machine's process has ended and each stream that somebody
   * reads was read to its end.
   */
  readonly exited: Promise<MachineExit>;
  /** Ends the machine's process at once. Safe to call twice. */
  kill(): Promise<void>;
}

/** A guest that can become a template. */
export interface SavableInstance extends Instance {
  /** Stops it for good and saves it. It must be disposed of afterwards: it never runs again. */
  save(): Promise<void>;
}
