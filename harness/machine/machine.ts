import type { Duplex, Readable } from 'node:stream';
import type { FileEntry } from '../file-entry.ts';

/** What a machine needs to boot one guest. */
export type BootSpec = VmSpec | ContainerSpec;

/** A guest with a kernel of its own. */
export interface VmSpec {
  readonly kind: 'vm';
  readonly kernel: string;
  /** Absent only for a kernel that needs none, as in a probe. */
  readonly initramfs?: string;
  /** The guest's kernel command line, apart from what the machine itself adds. */
  readonly bootParameters: readonly string[];
  readonly cpus: number;
  readonly memoryMib: number;
  /** Absolute path of a folder of this host that the guest may read, as the 9p file system `SHARE_TAG`. */
  readonly share?: string;
}

/** By which a guest mounts the folder that it shares with the host. */
export const SHARE_TAG = 'kmx.share';
/** Where the folder is in a guest. */
export const SHARE_FOLDER = '/mnt/share';

/** A guest on the kernel of this host. */
export interface ContainerSpec {
  readonly kind: 'container';
  /** Of its root file system, lowest first: our own programs and folders, the agent's files. */
  readonly layers: readonly (readonly FileEntry[])[];
  /** What all of its processes may use together. */
  readonly memoryMib: number;
  /** Absolute path of a folder of this host that is mounted read-only at `SHARE_FOLDER`. */
  readonly share?: string;
}

/** A way to boot guests. `boot` throws an InfraError if the machine itself cannot start. */
export interface Machine<Spec extends BootSpec = BootSpec> {
  boot(spec: Spec): Promise<Instance>;
  /**
   * Begins what guests need that will soon be booted. Resolves once that goes on without this
   * process, also if it has failed: `boot` tells why.
   */
  expect?(spec: Spec): Promise<void>;
  /** Absent where guests cannot be saved. */
  readonly templates?: TemplateMachine;
  /**
   * Guests boot so quickly that as many are booted ahead for the next tests. Absent: only restored
   * guests are ready before they are needed.
   */
  readonly sparesAhead?: number;
}

/** The same machine without templates: every guest boots. */
export function withoutTemplates({ templates: _, ...machine }: Machine): Machine {
  return machine;
}

/**
 * Guests that are saved once and restored often. A template is a folder that a guest's `save`
 * fills; restored guests never change it. Every method throws an InfraError if the machine itself
 * cannot start.
 */
export interface TemplateMachine {
  /** Like `boot` of the machine, for a guest that can be saved. */
  boot(spec: VmSpec): Promise<SavableInstance>;
  /** Continues from a template and can be saved as another one. */
  branch(spec: VmSpec, template: string): Promise<SavableInstance>;
  /** Continues from a template, quickly and with little memory of its own. */
  restore(spec: VmSpec, template: string): Promise<Instance>;
  /**
   * Everything a template depends on apart from the files its guest was started from: a guest saved
   * under one identity cannot be restored under another.
   */
  identity(spec: VmSpec): string;
}

/** How an instance ended, as its machine reports it. */
export interface MachineExit {
  readonly code: number | null;
  readonly signal: string | null;
  /**
   * `guest-panic` if the kernel reported a panic, else the reason of QEMU's SHUTDOWN event, for
   * example `guest-shutdown`, `guest-reset` (which a panic causes, too) or `host-signal`; or
   * `internal-error` or `io-error` if QEMU could no longer run the guest. Absent if the machine
   * reported nothing, as when its process was killed.
   */
  readonly reason?: string;
  /** True if it was disposed of. A guest that was asked to power off ends by itself. */
  readonly requested: boolean;
  /** The last lines that the machine's process wrote to stderr. */
  readonly stderr: string;
}

/** What executes the instructions of a guest. */
export interface Executor {
  /** `none` if nothing is emulated: the guest is a container. */
  readonly accelerator: 'tcg' | 'kvm' | 'none' | 'scripted';
  /** Of QEMU, or of the container engine. */
  readonly version: string;
}

/**
 * One booted guest. Disposing of it ends the process, waits for it, closes the streams (unread
 * output is lost) and removes its private folder.
 *
 * An unread stream blocks the guest's writer once some 100 KiB are waiting; other ports are not
 * affected. The writer of the console is the kernel itself, so always read that one.
 */
export interface Instance extends AsyncDisposable {
  readonly pid: number;
  /** The kernel's serial console: evidence, never protocol. Raw bytes. */
  readonly console: Readable;
  /**
   * How many bytes the console has carried, with everything that the kernel has reported up to now.
   * Absent where the kernel writes to the console itself.
   */
  readonly countConsoleBytes?: () => number;
  readonly agentStdout: Readable;
  readonly agentStderr: Readable;
  /** Framed messages with init (`channel/`). */
  readonly control: Duplex;
  /** Unix socket; each connection to it becomes a connection to the agent in the guest. */
  readonly agentSocket: string;
  /**
   * Unix socket; a connection to it carries the raw bytes of the guest's tool. One at a time, made
   * after the tool was started.
   */
  readonly toolSocket: string;
  /**
   * Begins to serve GDB's remote protocol for the guest's processors, on a unix socket whose path it
   * returns: one debugger at a time, which stops the guest when it connects. Throws an InfraError if that
   * is refused. Absent where a guest has no processors of its own.
   */
  readonly serveDebugger?: () => Promise<string>;
  /** The exact command line, for booting the same guest by hand. */
  readonly commandLine: readonly string[];
  readonly executor: Executor;
  /** The kernel is the host's: what it reports may be about others, and it can't panic alone. */
  readonly hasHostKernel?: true;
  /** Once disposed of: what could not be removed, one sentence each. Absent: nothing ever stays. */
  readonly leftovers?: readonly string[];
  /**
   * Resolves once the machine's process has ended and every stream that has a reader was read to
   * its end. Never rejects.
   */
  readonly exited: Promise<MachineExit>;
}

/** A guest that can be saved as a template and then continue. Its methods throw an InfraError. */
export interface SavableInstance extends Instance {
  /** Stops the guest's CPUs. What it has written by then is on its way to the streams. */
  pause(): Promise<void>;
  /** Writes the paused guest to an empty folder. */
  save(folder: string): Promise<void>;
  resume(): Promise<void>;
}
