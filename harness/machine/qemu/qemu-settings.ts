import type { QemuHost } from './find-qemu.ts';
import type { Accelerator } from './guest-devices.ts';

export interface QemuMachineOptions {
  /** `kvm` only where `probeKvm` found that it works. */
  readonly accelerator: Accelerator;
  /** Name or path of the emulator; by default `qemu-system-x86_64`. */
  readonly binary?: string;
  /** What `findQemu` found, where the caller has it already. */
  readonly host?: QemuHost;
  /** Where each guest's folder for sockets is created; by default the system's temporary folder. */
  readonly temporaryDirectory?: string;
  /** For QEMU to start and connect, and for each QMP command; by default 20 s. */
  readonly startTimeoutMs?: number;
}

/** What all guests of one machine share. */
export interface QemuSettings extends QemuMachineOptions {
  readonly host: QemuHost;
  readonly startTimeoutMs: number;
}
